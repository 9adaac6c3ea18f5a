package dev.locret.backend.cuda;

import static org.assertj.core.api.Assertions.assertThat;

import dev.locret.testing.EmulatedCuda;
import dev.locret.testing.PipDownload;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import jcuda.driver.CUmodule;
import jcuda.driver.JCudaDriver;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

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

    private static final PipDownload DISASSEMBLER = new PipDownload(
            "nvidia-cuda-nvdisasm==13.5.37",
            "nvidia_cuda_nvdisasm-13.5.37-py3-none-manylinux2014_x86_64.manylinux_2_17_x86_64.whl",
            "d3fdbdd49fa53e2e4aacd3db8259d052bd2b049ececdcb69e92e083c6728e7ca");

    /** Chips on which the compiler runs out of registers for a kernel. */
    private static final List<String> SPILLING = List.of("sm_90 select_entries ", "sm_90 linear_step_F32_8 ");

    @TempDir
    Path machineCode;

    @Test
    void everyKernelCompilesForEveryChipAsTheTableSays() throws Exception {
        Path table = Path.of("src/test/resources/cuda/kernels.txt");
        String expected = Files.exists(table) ? Files.readString(table) : "";
        String actual = compile();
        assertThat(actual).doesNotContain("WARNING");
        assertThat(actual.lines()
                        .filter(line -> !line.endsWith("   0 spilled"))
                        .map(line -> line.replaceAll(" +", " ")))
                .as("kernels that spill registers, a few bytes each")
                .allSatisfy(line -> assertThat(SPILLING).anyMatch(line::startsWith))
                .hasSameSizeAs(SPILLING);
        assertThat(actual)
                .as("if a change is meant, put this into %s:\n%s", table, actual)
                .isEqualTo(expected);
        for (String chip : CHIPS) {
            readMachineCode(chip);
        }
        Path loops = Path.of("src/test/resources/cuda/loops.txt");
        String counted = loops();
        assertThat(counted)
                .as("what loops consist of; if a change is meant, put this into %s:\n%s", loops, counted)
                .isEqualTo(Files.exists(loops) ? Files.readString(loops) : "");
        loadIntoTheEmulatedDriver("sm_80");
    }

    /** It compares names and sizes of parameters with those of the kernels that g++ compiled. */
    private void loadIntoTheEmulatedDriver(String chip) throws IOException {
        EmulatedCuda.install();
        NativeLoader.load(CudaLibraries.find(LibrarySearch.ofMachine()));
        try (CudaContext context = new CudaContext(0)) {
            for (KernelSource each : KernelSource.all().toList()) {
                byte[] image = Files.readAllBytes(machineCode.resolve(nameOf(chip, each)));
                context.enter();
                assertThat(JCudaDriver.cuModuleLoadData(new CUmodule(), image))
                        .as("%s", each)
                        .isZero();
            }
        }
    }

    private static String nameOf(String chip, KernelSource source) {
        return chip + " " + source.file() + (source.type() == null ? "" : " " + source.type());
    }

    /** What attention on tensor cores and linear layers must consist of. */
    private void readMachineCode(String chip) throws Exception {
        String attention = disassemble(chip + " attend_chunk");
        boolean turing = chip.equals("sm_75");
        assertThat(attention)
                .as(chip)
                .contains(turing ? "HMMA.1688.F32" : "HMMA.16816.F32")
                .contains("LDSM.16.M88.4")
                .contains("LDSM.16.MT88.4");
        assertThat(disassemble(chip + " attend_step")).as(chip).containsPattern("LDG?\\.E\\.128");
        assertThat(Pattern.compile("LDGSTS\\.E\\.BYPASS.*\\.128")
                        .matcher(attention)
                        .find())
                .as("copies without waiting: %s", chip)
                .isEqualTo(!turing);
        for (String type : List.of("Q4_0", "BF16")) {
            assertThat(disassemble(chip + " linear_step " + type))
                    .as("%s %s reads 16 bytes at once", chip, type)
                    .containsPattern("LDG\\.E\\.128");
        }
    }

    /** The loops that {@link KernelEstimate} counts cycles of, on chips of its cards. */
    private String loops() throws Exception {
        StringBuilder out = new StringBuilder();
        for (String chip : List.of("sm_80", "sm_86", "sm_89", "sm_90")) {
            String chunk = disassemble(chip + " attend_chunk");
            String step = disassemble(chip + " attend_step");
            List<SassLoop> found = new ArrayList<>(List.of(
                    SassLoop.find(chunk, "attend_chunk_128", "HMMA"),
                    SassLoop.find(chunk, "attend_chunk_96", "HMMA"),
                    SassLoop.find(step, "attend_step_16_4", "SHFL")));
            for (String type : List.of("BF16", "Q8_0", "Q4_0", "Q4_K", "Q6_K")) {
                String linear = disassemble(chip + " linear_step " + type);
                found.add(SassLoop.find(linear, "linear_step_" + type + "_1", "LDG.E.128"));
            }
            found.add(SassLoop.straight(disassemble(chip + " elementwise"), "gated_activation"));
            found.forEach(loop -> out.append(chip).append(' ').append(loop).append('\n'));
        }
        return out.toString();
    }

    private String disassemble(String file) throws Exception {
        Path tool = DISASSEMBLER.unpacked().resolve("nvidia/cu13/bin/nvdisasm");
        // Wheels do not carry file modes.
        assertThat(tool.toFile().setExecutable(true)).isTrue();
        Process process = new ProcessBuilder(
                        tool.toString(), "-c", machineCode.resolve(file).toString())
                .redirectErrorStream(true)
                .start();
        return new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    }

    @Test
    void everySourceFileIsInTheList() throws IOException {
        try (Stream<Path> files = Files.list(Path.of("src/main/resources/dev/locret/backend/cuda"))) {
            Stream<String> listed = Stream.concat(KernelSource.FILES.stream(), KernelSource.TYPED_FILES.stream())
                    .map(file -> file + ".cu");
            Stream<String> included = KernelSource.all().flatMap(each -> each.headers().keySet().stream());
            assertThat(files.map(f -> f.getFileName().toString()))
                    .containsExactlyInAnyOrderElementsOf(
                            Stream.concat(listed, included).distinct().toList());
        }
    }

    private String compile() throws Exception {
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
                                machineCode.toString(),
                                chip)
                        .redirectError(ProcessBuilder.Redirect.INHERIT)
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
