package dev.locret.backend.cpu;

import dev.locret.common.ErrorId;
import dev.locret.common.LocretException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Chooses the kernels once. The property {@value #PROPERTY} forces {@code vector} or {@code fallback}; a forced choice
 * that is not possible fails.
 */
final class KernelProvider {
    static final String PROPERTY = "locret.kernels";

    private static final Logger LOG = LoggerFactory.getLogger(KernelProvider.class);
    private static final String VECTOR = "dev.locret.backend.cpu.vector.VectorKernels";

    private KernelProvider() {}

    static Kernels choose(String forced) {
        boolean present = ModuleLayer.boot().findModule("jdk.incubator.vector").isPresent();
        if (forced == null || forced.isEmpty()) {
            if (!present) {
                LOG.warn("SIMD kernels are off and reading is about three times slower:"
                        + " start Java with --add-modules jdk.incubator.vector");
            }
            return present ? vector() : new FallbackKernels();
        }
        return switch (forced) {
            case "fallback" -> new FallbackKernels();
            case "vector" -> {
                if (!present) {
                    throw new LocretException(
                            ErrorId.DEVICE_UNAVAILABLE,
                            "cpu: module jdk.incubator.vector is missing: " + PROPERTY + "=vector needs"
                                    + " --add-modules jdk.incubator.vector");
                }
                yield vector();
            }
            default ->
                throw new LocretException(
                        ErrorId.INVALID_ARGUMENT,
                        "unknown kernels: " + PROPERTY + "=" + forced + ", allowed=vector, fallback");
        };
    }

    private static Kernels vector() {
        try {
            return (Kernels) Class.forName(VECTOR).getDeclaredConstructor().newInstance();
        } catch (ReflectiveOperationException e) {
            throw new LocretException(ErrorId.DEVICE_UNAVAILABLE, "cpu: vector kernels do not load: " + e, e);
        }
    }
}
