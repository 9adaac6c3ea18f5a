package dev.locret.cli;

import dev.locret.backend.DeviceSpeed;
import dev.locret.backend.check.CheckResult;
import dev.locret.backend.cuda.CudaCard;
import java.util.List;
import java.util.Locale;

/** What {@code doctor} prints. */
final class DoctorText {
    private DoctorText() {}

    static String row(String name, String value) {
        return String.format(Locale.ROOT, "  %-18s %s", name, value);
    }

    static List<String> card(CudaCard card) {
        return List.of(
                "card",
                row("name", card.name() + ", " + card.chip() + ", " + card.multiprocessors() + " multiprocessors"),
                row(
                        "memory",
                        ModelReportText.size(card.freeBytes()) + " free of " + ModelReportText.size(card.totalBytes())),
                row("driver", "for CUDA " + card.driver()),
                row("compiler", "NVRTC " + card.compiler()));
    }

    static String operation(CheckResult result) {
        String error = result.error() == null ? "-" : String.format(Locale.ROOT, "%.1e", result.error());
        return String.format(
                Locale.ROOT,
                "  %-6s %-42s %-30s %8s of %.0e%s",
                result.ok() ? "ok" : "FAILED",
                result.operation(),
                result.size(),
                error,
                result.bound(),
                result.ok() ? "" : "  " + result.problem());
    }

    static List<String> speed(DeviceSpeed speed, CudaCard card) {
        return List.of(
                "speed",
                row(
                        "memory",
                        String.format(
                                Locale.ROOT,
                                "%.1f GB/s in a copy; the bus carries %.0f",
                                speed.bytesPerSecond() / 1e9,
                                card.busGigabytesPerSecond())),
                row(
                        "products",
                        String.format(
                                Locale.ROOT, "%.2f TFLOP/s of f16 matrices", speed.operationsPerSecond() / 1e12)));
    }
}
