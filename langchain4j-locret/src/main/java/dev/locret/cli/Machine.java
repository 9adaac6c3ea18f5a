package dev.locret.cli;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.temporal.ChronoUnit;

/**
 * What a measurement ran on.
 *
 * @param cpu name of the processor, or its architecture where the system does not say
 * @param cores processors that Java may use
 * @param javaVersion version and vendor of the virtual machine
 * @param kernels device and kernels, as the engine describes them
 * @param maxHeap largest heap in bytes
 * @param date UTC, to the second
 */
record Machine(String cpu, int cores, String javaVersion, String kernels, long maxHeap, String date) {
    private static final Path CPU_INFO = Path.of("/proc/cpuinfo");

    static Machine current(String kernels) {
        return new Machine(
                processor(),
                Runtime.getRuntime().availableProcessors(),
                System.getProperty("java.vm.version") + ", " + System.getProperty("java.vendor"),
                kernels,
                Runtime.getRuntime().maxMemory(),
                Instant.now().truncatedTo(ChronoUnit.SECONDS).toString());
    }

    private static String processor() {
        String architecture = System.getProperty("os.arch");
        if (!Files.isReadable(CPU_INFO)) {
            return architecture;
        }
        try {
            return Files.readAllLines(CPU_INFO, StandardCharsets.ISO_8859_1).stream()
                    .filter(line -> line.startsWith("model name"))
                    .map(line -> line.substring(line.indexOf(':') + 1).strip())
                    .findFirst()
                    .orElse(architecture);
        } catch (IOException e) {
            return architecture;
        }
    }
}
