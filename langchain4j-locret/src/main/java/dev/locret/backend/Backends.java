package dev.locret.backend;

import dev.locret.backend.cpu.CpuBackend;
import dev.locret.backend.cuda.CudaDevices;
import dev.locret.common.ErrorId;
import dev.locret.common.LocretException;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Chooses the device. */
public final class Backends {
    private static final Logger LOG = LoggerFactory.getLogger(Backends.class);
    private static final long MIB = 1 << 20;
    private static final Pattern CUDA = Pattern.compile("cuda(?::(\\d{1,3}))?");

    private Backends() {}

    /**
     * Opens a device.
     *
     * @param device {@code auto}, {@code cpu}, {@code cuda} or {@code cuda:N}; {@code auto} is the CPU as long as no card
     *     has confirmed what the emulated one shows
     * @param threads threads of the CPU that compute
     * @throws LocretException ({@code device-unavailable}) if no backend has that name, or the device or a library that it
     *     needs is not there
     */
    public static Backend open(String device, int threads) {
        Matcher cuda = CUDA.matcher(device);
        if (cuda.matches()) {
            return CudaDevices.open(cuda.group(1) == null ? 0 : Integer.parseInt(cuda.group(1)));
        }
        return switch (device) {
            case "auto" -> {
                if (CudaDevices.present()) {
                    LOG.info("Using the CPU. CUDA's libraries are there: device=cuda takes the graphics card");
                }
                yield new CpuBackend(threads);
            }
            case "cpu" -> new CpuBackend(threads);
            default ->
                throw new LocretException(
                        ErrorId.DEVICE_UNAVAILABLE,
                        "unknown device: device=" + device + ", allowed=auto, cpu, cuda, cuda:N");
        };
    }

    /** How to give a backend {@code bytes} of memory in all, if that can be set: on the CPU the size of Java's heap. */
    public static Optional<String> moreMemory(Backend backend, long bytes) {
        if (!(backend instanceof CpuBackend)) {
            return Optional.empty();
        }
        Runtime runtime = Runtime.getRuntime();
        long used = runtime.totalMemory() - runtime.freeMemory();
        // A tenth on top: the collector cannot fill a heap to the last byte.
        long heap = Math.addExact(bytes, used) / 10 * 11;
        return Optional.of("start Java with -Xmx" + (heap / MIB + 1) + "m");
    }
}
