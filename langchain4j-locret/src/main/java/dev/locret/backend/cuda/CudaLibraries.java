package dev.locret.backend.cuda;

import dev.locret.common.ErrorId;
import dev.locret.common.LocretException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

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

    /** Each of the libraries, found or not, and JCuda itself. */
    static List<CudaLibrary> search(LibrarySearch search) {
        Names names = Names.ofMachine();
        List<CudaLibrary> all = new ArrayList<>();
        boolean jcuda = CudaLibraries.class.getClassLoader().getResource(JCUDA.replace('.', '/') + ".class") != null;
        all.add(new CudaLibrary(
                "JCuda",
                jcuda ? "on the class path" : null,
                jcuda ? null : "add org.jcuda:jcuda:12.6.0 and org.jcuda:jcublas:12.6.0 to the class path"));
        all.add(found(search, names.driver(), "it comes with NVIDIA's driver: install that of the graphics card"));
        String newer = search.find(names.newerBlas()).isEmpty()
                ? ""
                : "; " + names.newerBlas() + " is there, but of CUDA 13: those of CUDA 12 go beside it";
        String get = WHEELS + ", or CUDA 12" + newer;
        all.add(found(search, names.compiler(), get));
        all.add(found(search, names.blas(), get));
        return all;
    }

    private static CudaLibrary found(LibrarySearch search, String name, String get) {
        Optional<Path> path = search.find(name);
        return new CudaLibrary(name, path.map(Path::toString).orElse(null), path.isPresent() ? null : get);
    }

    /**
     * @throws LocretException ({@code device-unavailable}) with all that is missing and how to get it
     */
    static CudaLibraries find(LibrarySearch search) {
        List<CudaLibrary> all = search(search);
        // What is got in one way is named together.
        Map<String, List<String>> missing = new LinkedHashMap<>();
        for (CudaLibrary each : all) {
            if (each.path() == null) {
                missing.computeIfAbsent(each.get(), get -> new ArrayList<>()).add(each.name());
            }
        }
        if (!missing.isEmpty()) {
            List<String> texts = new ArrayList<>();
            missing.forEach((get, libraries) -> texts.add(String.join(" and ", libraries) + " (" + get + ")"));
            throw new LocretException(
                    ErrorId.DEVICE_UNAVAILABLE,
                    "cuda: not found: " + String.join("; ", texts) + ". Folders can be named in LOCRET_CUDA_PATH");
        }
        return new CudaLibraries(
                Path.of(all.get(1).path()),
                Path.of(all.get(2).path()),
                Path.of(all.get(3).path()));
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
