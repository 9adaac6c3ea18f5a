package dev.locret.backend.cuda;

import dev.locret.common.ErrorId;
import dev.locret.common.LocretException;
import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** Loads CUDA's libraries and JCuda's own into this JVM, once. */
final class NativeLoader {
    private static final List<String> CLASSES =
            List.of("jcuda.driver.JCudaDriver", "jcuda.nvrtc.JNvrtc", "jcuda.jcublas.JCublas2");

    private static CudaLibraries loaded;

    private NativeLoader() {}

    /** Does nothing if libraries were loaded before: a JVM can hold one version of each. */
    static synchronized void load(CudaLibraries libraries) {
        if (loaded != null) {
            return;
        }
        try {
            // By absolute paths, so that no library path has to be set; cuBLAS needs its sibling first.
            System.load(libraries.driver().toAbsolutePath().toString());
            System.load(libraries.compiler().toAbsolutePath().toString());
            for (String sibling : List.of("libcublasLt.so.12", "cublasLt64_12.dll")) {
                Path path = libraries.blas().resolveSibling(sibling).toAbsolutePath();
                if (Files.isRegularFile(path)) {
                    System.load(path.toString());
                }
            }
            System.load(libraries.blas().toAbsolutePath().toString());
            initialiseJCuda();
        } catch (UnsatisfiedLinkError | NoClassDefFoundError | IOException e) {
            throw new LocretException(
                    ErrorId.DEVICE_UNAVAILABLE, "cuda: libraries cannot be loaded: " + e.getMessage(), e);
        }
        loaded = libraries;
    }

    /**
     * JCuda unpacks its libraries into {@code java.io.tmpdir} under fixed names and not atomically, so two JVMs that start
     * at once would read each other's halves: each gets a directory of its own.
     */
    private static void initialiseJCuda() throws IOException {
        String property = "java.io.tmpdir";
        String before = System.getProperty(property);
        Path directory = Files.createTempDirectory("locret-cuda");
        System.setProperty(property, directory.toString());
        try {
            for (String each : CLASSES) {
                Class.forName(each);
            }
        } catch (ClassNotFoundException e) {
            throw new NoClassDefFoundError(e.getMessage());
        } finally {
            System.setProperty(property, before);
            File[] files = directory.toFile().listFiles();
            for (File file : files == null ? new File[0] : files) {
                if (!file.delete()) { // Windows keeps a loaded library
                    file.deleteOnExit();
                }
            }
            if (!directory.toFile().delete()) {
                directory.toFile().deleteOnExit();
            }
        }
    }
}
