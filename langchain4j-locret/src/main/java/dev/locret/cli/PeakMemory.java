package dev.locret.cli;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** The largest resident set of this process, as Linux counts it. */
final class PeakMemory {
    private static final Path STATUS = Path.of("/proc/self/status");
    private static final Path CLEAR = Path.of("/proc/self/clear_refs");

    private PeakMemory() {}

    /** Bytes, or null where the system does not say. */
    static Long bytes() {
        if (!Files.isReadable(STATUS)) {
            return null;
        }
        try {
            return Files.readAllLines(STATUS).stream()
                    .filter(line -> line.startsWith("VmHWM:"))
                    .map(line -> Long.parseLong(line.replaceAll("[^0-9]", "")) * 1024)
                    .findFirst()
                    .orElse(null);
        } catch (IOException e) {
            return null;
        }
    }

    /** Starts counting anew from the present size, where the kernel lets a process do so; else the peak goes on. */
    static void reset() {
        if (!Files.isWritable(CLEAR)) {
            return;
        }
        try {
            Files.writeString(CLEAR, "5");
        } catch (IOException e) {
            // Refused, for example by a container: bytes() is then the peak since the start, an upper bound.
            return;
        }
    }
}
