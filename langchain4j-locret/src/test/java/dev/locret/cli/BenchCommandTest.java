package dev.locret.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.locret.backend.DeviceSpeed;
import dev.locret.backend.KvCacheType;
import dev.locret.cache.CachePlan;
import dev.locret.format.ModelConfig;
import dev.locret.format.RopeConfig;
import dev.locret.testing.EmulatedCuda;
import dev.locret.testing.Golden;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;

class BenchCommandTest {
    private final Path model = Golden.of("llama-tiny").directory();

    @Test
    void measuresEachLengthOfPrompt() {
        CommandRun run = CommandRun.of(
                "bench",
                "--model",
                model,
                "--policy",
                "keydiff",
                "--budget",
                "64",
                "--chunk-size",
                "128",
                "--reserve",
                "32",
                "--prompt-tokens",
                "40,700",
                "--output-tokens",
                "40",
                "--repeat",
                "2",
                "--json");

        assertThat(run.status()).as(run.err()).isZero();
        assertThat(run.json().fieldNames()).toIterable().containsExactly("machine", "rows");
        assertThat(run.json().get("machine").fieldNames())
                .toIterable()
                .containsExactly("cpu", "cores", "javaVersion", "kernels", "maxHeap", "date");
        JsonNode rows = run.json().get("rows");
        assertThat(rows).extracting(row -> row.get("promptTokens").asInt()).containsExactly(40, 700);
        for (JsonNode row : rows) {
            assertThat(row.fieldNames())
                    .toIterable()
                    .containsExactly(
                            "promptTokens",
                            "prefillTokensPerSecond",
                            "decodeTokensPerSecond",
                            "cacheBytes",
                            "peakRssBytes");
            assertThat(row.get("prefillTokensPerSecond").asDouble()).isPositive();
            assertThat(row.get("decodeTokensPerSecond").asDouble()).isPositive();
            // 3 layers, 8 KV heads, dimension 16 or more, room for 64 + 128 entries of a key and a value.
            assertThat(row.get("cacheBytes").asLong()).isGreaterThan(3 * 8 * 192 * 2 * 16);
        }
        assertThat(rows.get(0).get("cacheBytes")).isEqualTo(rows.get(1).get("cacheBytes"));
    }

    @Test
    void printsATable() {
        CommandRun run = CommandRun.of(
                "bench", "--model", model, "--prompt-tokens", "16", "--output-tokens", "2", "--repeat", "1");
        assertThat(run.status()).as(run.err()).isZero();
        assertThat(run.out().lines()).hasSize(3).last().asString().contains("  16 ");
    }

    @Test
    void refusesWhatCannotBeMeasured() {
        CommandRun run = CommandRun.of("bench", "--model", model, "--output-tokens", "1");
        assertThat(run.status()).isEqualTo(2);
        assertThat(run.err().strip())
                .isEqualTo("locret: invalid-argument: output-tokens out of range: output-tokens=1,"
                        + " allowed=2..1048576");
    }

    @Test
    @EnabledOnOs(value = OS.LINUX, architectures = "amd64")
    void aCardIsComparedWithWhatItReachesAtBest() {
        EmulatedCuda.install();
        String[] words = {
            "bench", "--model", model.toString(), "--device", "cuda", "--budget", "64", "--policy", "keydiff"
        };
        List<Object> command = new ArrayList<>(List.of(words));
        command.addAll(List.of("--prompt-tokens", "40,70", "--output-tokens", "3", "--repeat", "1"));
        CommandRun text = CommandRun.of(command.toArray());
        assertThat(text.status()).as(text.err()).isZero();
        assertThat(text.out().lines())
                .anyMatch(line -> line.matches("at most, with [0-9.]+ GB/s of memory and [0-9.]+ TFLOP/s of products:"))
                .anyMatch(line -> line.matches(" +40 +[0-9.]+ +[0-9.]+ +reached \\d+ % and \\d+ %"));
        command.add("--json");
        JsonNode result = CommandRun.of(command.toArray()).json();
        assertThat(result.fieldNames()).toIterable().containsExactly("machine", "rows", "speed", "limits");
        assertThat(result.get("limits"))
                .extracting(limit -> limit.get("promptTokens").asInt())
                .containsExactly(40, 70);
    }

    /** Llama-3.1-8B at the paper's settings: 23.4 TFLOP a chunk of 1024 tokens, 17.1 GB a decoded token. */
    @Test
    void theLimitIsTheWorkOverTheSpeed() {
        ModelConfig config = new ModelConfig(
                "llama",
                32,
                4096,
                14_336,
                32,
                8,
                128,
                128_256,
                131_072,
                1e-5f,
                RopeConfig.plain(500_000, 128),
                false,
                0);
        CachePlan plan = new CachePlan(
                16_384,
                1024,
                2500,
                100,
                512,
                0,
                1,
                CachePlan.of(16_384, 1024, 2500, 100, 512).retention(),
                KvCacheType.F16);
        DeviceSpeed speed = new DeviceSpeed(1e12, 1e14);
        SpeedLimit limit = SpeedLimit.of(config, plan, 16_060_000_000L, speed, 1 << 24);
        assertThat(1024 * 1e14 / limit.prefillTokensPerSecond() / 1e12).isBetween(23.2, 23.5);
        assertThat(1e12 / limit.decodeTokensPerSecond() / 1e9).isBetween(17.1, 17.3);
    }

    @Test
    void takesMedians() {
        assertThat(Benchmark.median(new double[] {9, 1, 2})).isEqualTo(2);
        assertThat(Benchmark.median(new double[] {9, 1, 2, 4})).isEqualTo(3);
    }
}
