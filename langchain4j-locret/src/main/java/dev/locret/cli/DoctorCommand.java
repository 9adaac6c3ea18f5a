package dev.locret.cli;

import dev.locret.backend.Backend;
import dev.locret.backend.Backends;
import dev.locret.backend.DeviceSpeed;
import dev.locret.backend.check.CheckResult;
import dev.locret.backend.check.DeviceCheck;
import dev.locret.backend.cuda.CudaCard;
import dev.locret.backend.cuda.CudaDevices;
import dev.locret.backend.cuda.CudaLibrary;
import dev.locret.common.Checks;
import dev.locret.common.ErrorId;
import dev.locret.common.LocretException;
import java.util.List;
import java.util.Locale;
import java.util.function.Consumer;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** Looks whether a graphics card can be used and computes what the CPU does. */
@Command(
        name = "doctor",
        description = "Check a graphics card: libraries, memory, every operation against the CPU, and how fast it is.",
        footer = {
            "",
            "Errors are relative to the CPU's scalar kernels; each operation says how large they may be. Speeds are those of "
                    + "a copy and of a product of f16 matrices, which no kernel exceeds.",
            "Exit codes: 0 all is well, 1 something failed, 3 there is no card.",
            "--json prints {\"status\", \"libraries\": [...], \"card\", \"speed\", \"operations\": [...], \"problem\"}."
        })
final class DoctorCommand extends LocretCommand {
    private static final int NO_CARD = 3;

    @Option(
            names = "--device",
            paramLabel = "N",
            defaultValue = "0",
            description = "Number of the card (default: ${DEFAULT-VALUE}).")
    private int device;

    @Option(
            names = "--only",
            paramLabel = "NAME",
            defaultValue = "",
            description = "Check only operations whose name begins so, as 'attend'.")
    private String only;

    /** What was found out; what was not reached is null. */
    private record Report(
            String status,
            List<CudaLibrary> libraries,
            CudaCard card,
            DeviceSpeed speed,
            List<CheckResult> operations,
            String problem) {}

    @Override
    void run(Output output) {
        Checks.inRange("device", device, 0, 999);
        Consumer<String> text = output.isJson() ? line -> {} : output::line;
        List<CudaLibrary> libraries = CudaDevices.libraries();
        text.accept("libraries");
        libraries.forEach(
                each -> text.accept(row(each.name(), each.path() != null ? each.path() : "MISSING: " + each.get())));
        Report report = report(libraries, text);
        if (output.isJson()) {
            output.json(report);
        }
        exitWith(
                switch (report.status()) {
                    case "ok" -> 0;
                    case "no-card" -> NO_CARD;
                    default -> CommandErrors.FAILED;
                });
    }

    private Report report(List<CudaLibrary> libraries, Consumer<String> text) {
        CudaCard card;
        try {
            card = CudaDevices.card(device);
        } catch (LocretException e) {
            // Without the driver's own library there is no card that could be used; without the others nobody knows.
            boolean driver = libraries.get(1).path() != null;
            boolean complete = libraries.stream().allMatch(each -> each.path() != null);
            boolean absent = e.id() == ErrorId.DEVICE_UNAVAILABLE && (!driver || complete);
            text.accept(absent ? "no card can be used" : "the card could not be opened");
            text.accept(row(e.id().id(), e.getMessage()));
            return new Report(absent ? "no-card" : "failed", libraries, null, null, List.of(), e.getMessage());
        }
        DoctorText.card(card).forEach(text);
        text.accept("operations");
        List<CheckResult> operations;
        DeviceSpeed speed;
        try {
            operations = DeviceCheck.run(
                    only,
                    () -> Backends.open("cuda:" + device, 1),
                    result -> text.accept(DoctorText.operation(result)));
            speed = speed();
        } catch (LocretException e) {
            text.accept(row(e.id().id(), e.getMessage()));
            return new Report("failed", libraries, card, null, List.of(), e.getMessage());
        }
        DoctorText.speed(speed, card).forEach(text);
        long failed = operations.stream().filter(each -> !each.ok()).count();
        text.accept(String.format(Locale.ROOT, "%d operations checked, %d failed", operations.size(), failed));
        if (failed > 0) {
            text.accept(
                    "Do not use this card with this version: device=cpu works meanwhile. Please report the table with "
                            + "'locret doctor --json'; a newer driver may help.");
        }
        return new Report(failed == 0 ? "ok" : "failed", libraries, card, speed, operations, null);
    }

    private DeviceSpeed speed() {
        try (Backend backend = Backends.open("cuda:" + device, 1)) {
            return backend.measureSpeed().orElseThrow();
        }
    }

    private static String row(String name, String value) {
        return DoctorText.row(name, value);
    }
}
