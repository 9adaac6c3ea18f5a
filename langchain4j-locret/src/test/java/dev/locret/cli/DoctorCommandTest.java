package dev.locret.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.locret.backend.Backends;
import dev.locret.backend.cuda.CudaDevices;
import dev.locret.testing.EmulatedCuda;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/** With the emulated card, with parts of it, and without. */
@EnabledOnOs(value = OS.LINUX, architectures = "amd64")
class DoctorCommandTest {
    private static final String PATH = "locret.cuda.path";

    private EmulatedCuda emulation;

    @BeforeEach
    void install() {
        emulation = EmulatedCuda.install();
    }

    @AfterEach
    void backToTheCard() {
        System.setProperty(PATH, emulation.directory().toString());
    }

    @Test
    void everyOperationOfTheCardIsRight() {
        emulation.order(-1);
        CommandRun run = CommandRun.of("doctor", "--json");
        assertThat(run.status()).as(run.out()).isZero();
        JsonNode report = run.json();
        assertThat(report.fieldNames())
                .toIterable()
                .containsExactly("status", "libraries", "card", "speed", "operations", "problem");
        assertThat(report.get("status").asText()).isEqualTo("ok");
        assertThat(report.at("/card/name").asText()).isEqualTo("Emulated CUDA device");
        assertThat(report.at("/card/chip").asText()).isEqualTo("sm_80");
        assertThat(report.at("/card/totalBytes").asLong()).isEqualTo(2L << 30);
        assertThat(report.at("/card/driver").asText()).isEqualTo("12.9");
        assertThat(report.at("/card/busGigabytesPerSecond").asDouble()).isBetween(1555.0, 1556.0);
        assertThat(report.at("/speed/bytesPerSecond").asDouble()).isPositive();
        assertThat(report.at("/speed/operationsPerSecond").asDouble()).isPositive();
        Set<String> operations = new TreeSet<>();
        for (JsonNode each : report.get("operations")) {
            assertThat(each.get("problem").isNull()).as(each.toString()).isTrue();
            assertThat(each.get("error").asDouble())
                    .as(each.toString())
                    .isLessThanOrEqualTo(each.get("bound").asDouble());
            operations.add(each.get("operation").asText().replaceAll("[ ,].*", ""));
        }
        // Every operation of Backend and of TrainingOperations that computes something.
        assertThat(operations)
                .containsExactlyInAnyOrder(
                        "embed",
                        "rmsNorm",
                        "linear",
                        "linearThenNorm",
                        "gatedActivation",
                        "silu",
                        "gelu",
                        "append",
                        "attend",
                        "appendAndAttend",
                        "scoreByAttention",
                        "surprise",
                        "storeScores",
                        "scoreByKeyDifference",
                        "scoreByRecency",
                        "scoreAtRandom",
                        "evict",
                        "gatherRows",
                        "sample",
                        "attentionPeaks",
                        "addLogNorms",
                        "siluGradient",
                        "scoreLoss",
                        "inputGradient",
                        "weightGradient",
                        "step");
    }

    @Test
    void printsATable() {
        CommandRun run = CommandRun.of("doctor", "--only", "silu");
        assertThat(run.status()).as(run.out()).isZero();
        assertThat(run.out().lines())
                .contains("libraries", "card", "operations", "speed", "6 operations checked, 0 failed")
                .anyMatch(line -> line.startsWith("  libcuda.so.1") && line.contains("/"))
                .anyMatch(line -> line.matches("  name +Emulated CUDA device, sm_80, 2 multiprocessors"))
                .anyMatch(line -> line.matches("  memory +[0-9.]+ MiB free of 2048.0 MiB"))
                .anyMatch(line -> line.matches("  ok +silu +3x31 +[0-9.]+e-?\\d+ of 1e-05"))
                .anyMatch(line -> line.matches("  memory +[0-9.]+ GB/s in a copy; the bus carries 1555"))
                .anyMatch(line -> line.matches("  products +[0-9.]+ TFLOP/s of f16 matrices"));
    }

    @Test
    void whatFailsIsShownAndTheExitCodeSaysSo() {
        // Behind the opening and before the speed is measured, whose number of calls depends on the machine.
        CudaDevices.card(0);
        Backends.open("cuda:0", 1).close();
        long opening = emulation.calls();
        emulation.failAt(opening + 1, 700);
        CommandRun run = CommandRun.of("doctor", "--only", "gelu");
        assertThat(run.status()).as(run.out()).isEqualTo(1);
        assertThat(run.out().lines())
                .anyMatch(
                        line -> line.startsWith("  FAILED gelu") && line.contains("CUDA_ERROR_ILLEGAL_ADDRESS (700)"));
    }

    @Test
    void withoutACardTheLibrariesAreReported() {
        emulation.devices(0);
        CommandRun run = CommandRun.of("doctor");
        assertThat(run.status()).isEqualTo(3);
        assertThat(run.out().lines())
                .anyMatch(line -> line.startsWith("  libnvrtc.so.12") && line.contains("/"))
                .contains("no card can be used")
                .anyMatch(line -> line.contains("CUDA_ERROR_NO_DEVICE"));
        emulation.devices(1).capability(60);
        CommandRun old = CommandRun.of("doctor", "--json");
        assertThat(old.status()).isEqualTo(3);
        assertThat(old.json().get("problem").asText())
                .isEqualTo("cuda: device too old: Emulated CUDA device is sm_60, needed is sm_75 (Turing) or newer");
    }

    @Test
    void withoutADriverThereIsNoCard() {
        System.clearProperty(PATH);
        CommandRun run = CommandRun.of("doctor", "--json");
        assertThat(run.status()).isEqualTo(3);
        assertThat(run.json().get("status").asText()).isEqualTo("no-card");
        JsonNode driver = run.json().at("/libraries/1");
        assertThat(driver.get("name").asText()).isEqualTo("libcuda.so.1");
        assertThat(driver.get("path").isNull()).isTrue();
        assertThat(driver.get("get").asText())
                .isEqualTo("it comes with NVIDIA's driver: install that of the graphics card");
    }

    @Test
    void aDriverWithoutItsLibrariesIsAFailureThatNamesWhatGetsThem(@TempDir Path folder) throws IOException {
        Files.createFile(folder.resolve("libcuda.so.1"));
        System.setProperty(PATH, folder.toString());
        CommandRun run = CommandRun.of("doctor");
        assertThat(run.status()).isEqualTo(1);
        assertThat(run.out())
                .contains("MISSING: pip install nvidia-cuda-nvrtc-cu12 nvidia-cublas-cu12, or CUDA 12")
                .contains("the card could not be opened")
                .contains("cuda: not found: libnvrtc.so.12 and libcublas.so.12 (pip install");
    }
}
