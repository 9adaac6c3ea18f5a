package dev.locret.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.locret.testing.Golden;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

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
    void takesMedians() {
        assertThat(Benchmark.median(new double[] {9, 1, 2})).isEqualTo(2);
        assertThat(Benchmark.median(new double[] {9, 1, 2, 4})).isEqualTo(3);
    }
}
