package dev.locret.backend.cuda;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.locret.common.ErrorId;
import dev.locret.common.LocretException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/** Where CUDA's libraries are looked for, and what is said of those that are missing. */
@EnabledOnOs(OS.LINUX)
class LibrarySearchTest {
    @TempDir
    Path root;

    private final Map<String, String> environment = new HashMap<>();

    private LibrarySearch search() {
        return LibrarySearch.of(
                environment::get,
                Map.of("user.home", root.resolve("home").toString())::get,
                List.of(root.resolve("system").toString()),
                List.of(root.resolve("python").toString()));
    }

    private Path put(String file) throws IOException {
        Path path = root.resolve(file);
        Files.createDirectories(path.getParent());
        return Files.writeString(path, "library");
    }

    @Test
    void namesAllThatIsMissingAndTheCommandThatGetsIt() {
        assertThatThrownBy(() -> CudaLibraries.find(search()))
                .isInstanceOfSatisfying(
                        LocretException.class, e -> assertThat(e.id()).isEqualTo(ErrorId.DEVICE_UNAVAILABLE))
                .hasMessage("cuda: not found: libcuda.so.1 (it comes with NVIDIA's driver: install that of the graphics"
                        + " card); libnvrtc.so.12 and libcublas.so.12 (pip install nvidia-cuda-nvrtc-cu12"
                        + " nvidia-cublas-cu12, or CUDA 12). Folders can be named in LOCRET_CUDA_PATH");
        assertThat(CudaLibraries.present(search())).isFalse();
    }

    @Test
    void saysThatCuda13IsNotEnough() throws IOException {
        put("system/libcuda.so.1");
        put("system/libnvrtc.so.12");
        put("system/libcublas.so.13");
        assertThatThrownBy(() -> CudaLibraries.find(search()))
                .hasMessage(
                        "cuda: not found: libcublas.so.12 (pip install nvidia-cuda-nvrtc-cu12 nvidia-cublas-cu12, or"
                                + " CUDA 12; libcublas.so.13 is there, but of CUDA 13: those of CUDA 12 go beside it)."
                                + " Folders can be named in LOCRET_CUDA_PATH");
    }

    @Test
    void findsWheelsOfTheNewestPythonAndOfAnEnvironmentFirst() throws IOException {
        put("system/libcuda.so.1");
        Path old = put("python/python3.10/site-packages/nvidia/cuda_nvrtc/lib/libnvrtc.so.12");
        Path blas = put("python/python3.9/dist-packages/nvidia/cublas/lib/libcublas.so.12");
        assertThat(CudaLibraries.find(search()).compiler()).isEqualTo(old);
        assertThat(CudaLibraries.find(search()).blas()).isEqualTo(blas);
        Path home = put("home/.local/lib/python3.11/site-packages/nvidia/cuda_nvrtc/lib/libnvrtc.so.12");
        assertThat(CudaLibraries.find(search()).compiler()).isEqualTo(home);
        environment.put("VIRTUAL_ENV", root.resolve("venv").toString());
        Path venv = put("venv/lib/python3.12/site-packages/nvidia/cuda_nvrtc/lib/libnvrtc.so.12");
        assertThat(CudaLibraries.find(search()).compiler()).isEqualTo(venv);
        environment.put("CUDA_HOME", root.resolve("toolkit").toString());
        Path toolkit = put("toolkit/lib64/libnvrtc.so.12");
        assertThat(CudaLibraries.find(search()).compiler()).isEqualTo(toolkit);
    }

    @Test
    void whatTheUserNamesComesFirst() throws IOException {
        put("system/libcuda.so.1");
        put("system/libnvrtc.so.12");
        put("system/libcublas.so.12");
        environment.put("LOCRET_CUDA_PATH", root.resolve("a") + ":" + root.resolve("site-packages"));
        Path named = put("a/libcuda.so.1");
        Path wheel = put("site-packages/nvidia/cublas/lib/libcublas.so.12");
        assertThat(CudaLibraries.find(search()).driver()).isEqualTo(named);
        assertThat(CudaLibraries.find(search()).blas()).isEqualTo(wheel);
    }
}
