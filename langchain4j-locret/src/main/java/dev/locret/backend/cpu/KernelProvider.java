package dev.locret.backend.cpu;

import dev.locret.common.ErrorId;
import dev.locret.common.LocretException;
import java.lang.module.ModuleFinder;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Chooses the kernels once. The property {@value #PROPERTY} forces {@code vector} or {@code fallback}; a forced choice
 * that is not possible fails.
 */
final class KernelProvider {
    static final String PROPERTY = "locret.kernels";

    private static final Logger LOG = LoggerFactory.getLogger(KernelProvider.class);
    private static final String MODULE = "jdk.incubator.vector";
    private static final String VECTOR = "dev.locret.backend.cpu.vector.VectorKernels";

    private KernelProvider() {}

    static Kernels choose(String forced) {
        boolean present = ModuleLayer.boot().findModule(MODULE).isPresent();
        if (forced == null || forced.isEmpty()) {
            if (!present) {
                LOG.warn("SIMD kernels are off and reading is about three times slower: {}", cure(inThisJava()));
            }
            return present ? vector() : new FallbackKernels();
        }
        return switch (forced) {
            case "fallback" -> new FallbackKernels();
            case "vector" -> {
                if (!present) {
                    throw new LocretException(
                            ErrorId.DEVICE_UNAVAILABLE,
                            "cpu: module " + MODULE + " is missing: " + PROPERTY + "=vector, " + cure(inThisJava()));
                }
                yield vector();
            }
            default ->
                throw new LocretException(
                        ErrorId.INVALID_ARGUMENT,
                        "unknown kernels: " + PROPERTY + "=" + forced + ", allowed=vector, fallback");
        };
    }

    /** Whether the module is there to be added; a trimmed Java may be without. */
    private static boolean inThisJava() {
        return ModuleFinder.ofSystem().find(MODULE).isPresent();
    }

    static String cure(boolean inThisJava) {
        return inThisJava
                ? "start Java with --add-modules " + MODULE
                : "this Java was built without the module " + MODULE + ", take a full JDK";
    }

    private static Kernels vector() {
        try {
            return (Kernels) Class.forName(VECTOR).getDeclaredConstructor().newInstance();
        } catch (ReflectiveOperationException e) {
            throw new LocretException(ErrorId.DEVICE_UNAVAILABLE, "cpu: vector kernels do not load: " + e, e);
        }
    }
}
