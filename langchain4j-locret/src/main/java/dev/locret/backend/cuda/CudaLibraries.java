package dev.locret.backend.cuda;

import dev.locret.common.ErrorId;
import dev.locret.common.LocretException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * The shared libraries of CUDA, found before any class of JCuda is touched: its first failure would be final in this JVM.
 *
 * @param driver of the graphics card's driver
 * @param compiler NVRTC of CUDA 12
 * @param blas cuBLAS of CUDA 12
 */
record CudaLibraries(Path driver, Path compiler, Path blas) {
    private static final String WHEELS = "pip install nvidia-cuda-nvrtc-cu12 nvidia-cublas-cu12";
    private static final String JCUDA = "jcuda.driver.JCudaDriver";

    /** Names of one kind of file on an operating system. */
    private record Names(String driver, String compiler, String blas, String newerBlas) {
        static Names ofMachine() {
            return System.getProperty("os.name").toLowerCase(Locale.ROOT).contains("windows")
                    ? new Names("nvcuda.dll", "nvrtc64_120_0.dll", "cublas64_12.dll", "cublas64_13.dll")
                    : new Names("libcuda.so.1", "libnvrtc.so.12", "libcublas.so.12", "libcublas.so.13");
        }
    }

    /**
     * @throws LocretException ({@code device-unavailable}) with all that is missing and how to get it
     */
    static CudaLibraries find(LibrarySearch search) {
        Names names = Names.ofMachine();
        List<String> missing = new ArrayList<>();
        if (CudaLibraries.class.getClassLoader().getResource(JCUDA.replace('.', '/') + ".class") == null) {
            missing.add("JCuda is not on the class path (add org.jcuda:jcuda:12.6.0 and org.jcuda:jcublas:12.6.0)");
        }
        Path driver = search.find(names.driver()).orElse(null);
        if (driver == null) {
            missing.add(names.driver() + " (it comes with NVIDIA's driver: install that of the graphics card)");
        }
        Path compiler = search.find(names.compiler()).orElse(null);
        Path blas = search.find(names.blas()).orElse(null);
        if (compiler == null || blas == null) {
            String libraries =
                    compiler == null ? names.compiler() + (blas == null ? " and " + names.blas() : "") : names.blas();
            String newer = search.find(names.newerBlas()).isEmpty()
                    ? ""
                    : "; " + names.newerBlas() + " is there, but of CUDA 13: those of CUDA 12 go beside it";
            missing.add(libraries + " (" + WHEELS + ", or CUDA 12" + newer + ")");
        }
        if (!missing.isEmpty()) {
            throw new LocretException(
                    ErrorId.DEVICE_UNAVAILABLE,
                    "cuda: not found: " + String.join("; ", missing) + ". Folders can be named in LOCRET_CUDA_PATH");
        }
        return new CudaLibraries(driver, compiler, blas);
    }

    /** Whether {@link #find} would succeed. */
    static boolean present(LibrarySearch search) {
        try {
            find(search);
            return true;
        } catch (LocretException e) {
            return false;
        }
    }
}
