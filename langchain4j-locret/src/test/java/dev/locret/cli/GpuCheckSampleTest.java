package dev.locret.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.locret.backend.Backend;
import dev.locret.backend.Backends;
import dev.locret.testing.EmulatedCuda;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/** {@code samples/gpu-check/run.sh} on the emulated card, as a process of its own, with the smallest model that it makes. */
@EnabledOnOs(value = OS.LINUX, architectures = "amd64")
class GpuCheckSampleTest {
    private static final String JAVA =
            Path.of(System.getProperty("java.home"), "bin", "java").toString();

    @TempDir
    private Path directory;

    private int run(Map<String, String> environment) throws IOException, InterruptedException {
        EmulatedCuda emulation = EmulatedCuda.install();
        Path command = directory.resolve("command");
        Files.writeString(
                command,
                "#!/bin/sh\nexec '" + JAVA + "' -Dlocret.cuda.path='" + emulation.directory()
                        + "' -Dlocret.cuda.cache='"
                        + directory.resolve("kernels") + "' -cp '" + System.getProperty("java.class.path")
                        + "' dev.locret.cli.LocretCli \"$@\"\n");
        assertThat(command.toFile().setExecutable(true)).isTrue();
        ProcessBuilder process = new ProcessBuilder(
                Path.of("../samples/gpu-check/run.sh").toAbsolutePath().toString());
        process.environment()
                .putAll(Map.of(
                        "LOCRET",
                        command.toString(),
                        "JAVA",
                        JAVA,
                        "XDG_CACHE_HOME",
                        directory.toString(),
                        "OUT",
                        directory.resolve("out.json").toString()));
        process.environment()
                .putAll(Map.of(
                        "SIZE", "tiny", "LENGTHS", "40,200", "ONLY", "silu", "BUDGET", "64", "CHUNK", "32", "REPEAT",
                        "1"));
        process.environment().putAll(environment);
        process.redirectErrorStream(true)
                .redirectOutput(directory.resolve("log").toFile());
        return process.start().waitFor();
    }

    private String log() throws IOException {
        return Files.readString(directory.resolve("log"), StandardCharsets.UTF_8);
    }

    /** Beside this process, which holds a context too. */
    @Test
    void checksMeasuresAndWritesOneFile() throws Exception {
        EmulatedCuda.install();
        try (Backend held = Backends.open("cuda", 1)) {
            int status = run(Map.of());
            assertThat(status).as(log()).isZero();
            assertThat(held.takeFault()).isEqualTo(-1);
        }
        JsonNode written =
                new ObjectMapper().readTree(directory.resolve("out.json").toFile());
        assertThat(written.at("/doctor/status").asText()).isEqualTo("ok");
        assertThat(written.at("/doctor/operations")).isNotEmpty();
        assertThat(written.at("/bench/rows"))
                .extracting(row -> row.get("promptTokens").asInt())
                .isEqualTo(List.of(40, 200));
        assertThat(written.at("/bench/limits")).hasSize(2);
        assertThat(written.at("/bench/machine/kernels").asText()).contains("Emulated CUDA device");
        assertThat(written.get("passkey").isNull()).isTrue();
        assertThat(written.get("model").asText()).isEqualTo("random weights, tiny");
    }

    @Test
    void withoutAVisibleCardItSaysWhatIsThereAndEnds() throws Exception {
        int status = run(Map.of("CUDA_VISIBLE_DEVICES", ""));
        assertThat(status).as(log()).isEqualTo(3);
        assertThat(log())
                .contains("libnvrtc.so.12")
                .contains("no card can be used")
                .contains("CUDA_ERROR_NO_DEVICE (100): CUDA_VISIBLE_DEVICES='' hides devices");
        assertThat(directory.resolve("out.json")).doesNotExist();
    }
}
