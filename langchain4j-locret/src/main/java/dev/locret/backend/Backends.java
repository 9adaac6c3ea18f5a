package dev.locret.backend;

import dev.locret.backend.cpu.CpuBackend;
import dev.locret.common.ErrorId;
import dev.locret.common.LocretException;
import java.util.Optional;

/** Chooses the device. */
public final class Backends {
    private static final long MIB = 1 << 20;

    private Backends() {}

    /**
     * Opens a device.
     *
     * @param device {@code auto} or {@code cpu}
     * @param threads threads of the CPU that compute
     * @throws LocretException ({@code device-unavailable}) if no backend has that name
     */
    public static Backend open(String device, int threads) {
        return switch (device) {
            case "auto", "cpu" -> new CpuBackend(threads);
            default ->
                throw new LocretException(
                        ErrorId.DEVICE_UNAVAILABLE, "unknown device: device=" + device + ", allowed=auto, cpu");
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
