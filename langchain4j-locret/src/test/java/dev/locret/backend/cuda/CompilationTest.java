package dev.locret.backend.cuda;

import static org.assertj.core.api.Assertions.assertThat;

import dev.locret.testing.PipDownload;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;

/**
 * The real compiler on every kernel for every supported chip: no warning, nothing spilled, and the registers and shared
 * memory that the committed table says. The compiler needs no card; pip fetches it.
 */
@EnabledOnOs(value = OS.LINUX, architectures = "amd64")
class CompilationTest {
    private static final List<String> CHIPS = List.of("sm_75", "sm_80", "sm_86", "sm_89", "sm_90", "sm_100", "sm_120");
    private static final PipDownload NVRTC = new PipDownload(
            "nvidia-cuda-nvrtc-cu12==12.9.86",
            "nvidia_cuda_nvrtc_cu12-12.9.86-py3-none-manylinux2010_x86_64.manylinux_2_12_x86_64.whl",
            "210cf05005a447e29214e9ce50851e83fc5f4358df8b453155d5e1918094dcb4");

    @Test
    void everyKernelCompilesForEveryChipAsTheTableSays() throws Exception {
        Path table = Path.of("src/test/resources/cuda/kernels.txt");
        String expected = Files.exists(table) ? Files.readString(table) : "";
        String actual = compile();
        assertThat(actual).doesNotContain("WARNING");
        assertThat(actual.lines().filter(line -> !line.endsWith("   0 spilled")))
                .as("kernels that spill registers")
                .isEmpty();
        assertThat(actual)
                .as("if a change is meant, put this into %s:\n%s", table, actual)
                .isEqualTo(expected);
    }

    @Test
    void everySourceFileIsInTheList() throws IOException {
        try (Stream<Path> files = Files.list(Path.of("src/main/resources/dev/locret/backend/cuda"))) {
            assertThat(files.map(f -> f.getFileName().toString()))
                    .containsExactlyInAnyOrderElementsOf(Stream.of(
                                    KernelSource.HEADERS.stream(),
                                    Stream.concat(KernelSource.FILES.stream(), KernelSource.TYPED_FILES.stream())
                                            .map(file -> file + ".cu"))
                            .flatMap(s -> s)
                            .toList());
        }
    }

    private static String compile() throws Exception {
        Path library = NVRTC.unpacked().resolve("nvidia/cuda_nvrtc/lib/libnvrtc.so.12");
        Path cache = Path.of(System.getProperty("user.home"), ".cache", "locret", "nvrtc-logs");
        // One process each: the compiler uses one core.
        List<Process> processes = new ArrayList<>();
        List<Path> outputs = new ArrayList<>();
        int parallel = Math.max(1, Math.min(CHIPS.size(), Runtime.getRuntime().availableProcessors()));
        StringBuilder all = new StringBuilder();
        for (int begin = 0; begin < CHIPS.size(); begin += parallel) {
            for (String chip : CHIPS.subList(begin, Math.min(CHIPS.size(), begin + parallel))) {
                Path output = Files.createTempFile("compilation", ".txt");
                outputs.add(output);
                processes.add(new ProcessBuilder(
                                Path.of(System.getProperty("java.home"), "bin", "java")
                                        .toString(),
                                "-cp",
                                System.getProperty("java.class.path"),
                                CompilationMain.class.getName(),
                                library.toString(),
                                cache.toString(),
                                chip)
                        .redirectErrorStream(true)
                        .redirectOutput(output.toFile())
                        .start());
            }
            for (Process each : processes) {
                each.waitFor();
            }
        }
        for (Path each : outputs) {
            all.append(Files.readString(each, StandardCharsets.UTF_8));
            Files.delete(each);
        }
        return all.toString();
    }
}
