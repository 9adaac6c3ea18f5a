package dev.locret.backend.check;

import dev.locret.backend.Backend;
import dev.locret.backend.cpu.CpuBackend;
import dev.locret.common.LocretException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.function.Consumer;
import java.util.function.Supplier;
import java.util.stream.Stream;

/** Runs every operation of a device at odd sizes against the CPU's scalar kernels. */
public final class DeviceCheck {
    private DeviceCheck() {}

    static List<OperationCheck> all() {
        return Stream.of(
                        RowChecks.all(),
                        LinearChecks.all(),
                        AttentionChecks.all(),
                        CacheChecks.all(),
                        SamplingChecks.all(),
                        TrainingChecks.all())
                .flatMap(List::stream)
                .toList();
    }

    /**
     * Checks all operations, each on its own: what fails is a result, and the rest goes on.
     *
     * @param only beginning of the names of the operations that are checked; empty for all
     * @param device opens the device, anew after an operation that failed
     * @param done is told each result as it comes
     * @throws LocretException if the device cannot be opened
     */
    public static List<CheckResult> run(String only, Supplier<Backend> device, Consumer<CheckResult> done) {
        return run(
                all().stream().filter(each -> each.operation().startsWith(only)).toList(), device, done);
    }

    static List<CheckResult> run(List<OperationCheck> checks, Supplier<Backend> device, Consumer<CheckResult> done) {
        List<CheckResult> results = new ArrayList<>();
        Backend open = device.get();
        try {
            for (OperationCheck check : checks) {
                CheckResult result;
                try (Backend reference = new CpuBackend(1, "fallback")) {
                    result = result(check, check.error(open, reference), null);
                } catch (LocretException e) {
                    result = result(check, null, e.id().id() + ": " + e.getMessage());
                }
                results.add(result);
                done.accept(result);
                if (!result.ok()) {
                    // Whatever the failure left behind.
                    open.close();
                    open = device.get();
                }
            }
        } finally {
            open.close();
        }
        return results;
    }

    private static CheckResult result(OperationCheck check, Double error, String failure) {
        String problem = failure;
        if (failure == null && error > check.bound()) {
            problem = String.format(Locale.ROOT, "wrong result: error=%.2e, bound=%.2e", error, check.bound());
        }
        return new CheckResult(check.operation(), check.size(), error, check.bound(), problem);
    }
}
