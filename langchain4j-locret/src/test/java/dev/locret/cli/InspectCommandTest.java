package dev.locret.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.locret.testing.DemoModel;
import dev.locret.testing.Golden;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

class InspectCommandTest {
    @Test
    void tellsWhatAGgufFileHolds() {
        CommandRun run = CommandRun.of(
                "inspect",
                DemoModel.path(),
                "--budget",
                "1024",
                "--chunk-size",
                "512",
                "--policy",
                "keydiff",
                "--json");

        assertThat(run.status()).as(run.err()).isZero();
        JsonNode report = run.json();
        assertThat(report.at("/config/architecture").asText()).isEqualTo("llama");
        assertThat(report.at("/config/layers").asInt()).isEqualTo(30);
        assertThat(report.at("/tensors/Q4_1/count").asInt()).isPositive();
        assertThat(report.at("/tensors/F32/count").asInt()).isEqualTo(61);
        assertThat(report.at("/metadata/tokenizer.ggml.tokens").asText()).isEqualTo("49152 entries");
        assertThat(report.at("/tokenizer/kind").asText()).isEqualTo("gguf gpt2, smollm");
        assertThat(report.at("/tokenizer/size").asInt()).isEqualTo(49152);
        assertThat(report.at("/template/firstLine").asText()).contains("messages");
        assertThat(report.at("/memory/cache/budget").asInt()).isEqualTo(1024);
        assertThat(report.at("/memory/capacity").asInt()).isEqualTo(1024 + 100 + 512);
        long sum = 0;
        for (JsonNode part : report.at("/memory/parts")) {
            sum += part.asLong();
        }
        assertThat(report.at("/memory/totalBytes").asLong()).isEqualTo(sum).isPositive();

        CommandRun text = CommandRun.of("inspect", DemoModel.path());
        assertThat(text.out().lines())
                .contains("tensors", "memory")
                .anyMatch(line -> line.matches(" +heads +9 query, 3 key and value, dimension 64"))
                .anyMatch(line -> line.matches(" +rope +theta 100000, 64 dimensions, no scaling"))
                .anyMatch(line -> line.matches(" +Q4_1 +\\d+ of [0-9.]+ MiB in all"));
    }

    @Test
    void saysWhatIsMissingAndGoesOn() {
        CommandRun run = CommandRun.of("inspect", Golden.of("qwen2-tiny").directory(), "--json");
        assertThat(run.status()).as(run.err()).isZero();
        assertThat(run.json().at("/config/architecture").asText()).isEqualTo("qwen2");
        assertThat(run.json().at("/tokenizer/error").asText()).startsWith("tokenizer: tokenizer: no tokenizer.json");
        assertThat(run.json().at("/template/origin").isNull()).isTrue();
        assertThat(CommandRun.of("inspect", Golden.of("qwen2-tiny").directory())
                        .out()
                        .lines())
                .anyMatch(line -> line.matches(" +template +none"));
    }

    @Test
    void plansATableForEachOfLongropesFactors() {
        Path model = Golden.of("phi3-tiny").directory();
        assertThat(rotaryBytes(model, "auto")).isEqualTo(2 * rotaryBytes(model, "long"));
        CommandRun run = CommandRun.of("inspect", model, "--rope-factors", "short");
        assertThat(run.status()).isEqualTo(2);
        assertThat(run.err().strip())
                .isEqualTo("locret: invalid-argument: unknown rope-factors: rope-factors=short, allowed=long, auto");
    }

    private static long rotaryBytes(Path model, String factors) {
        CommandRun run = CommandRun.of("inspect", model, "--rope-factors", factors, "--json");
        assertThat(run.status()).as(run.err()).isZero();
        return run.json().at("/memory/parts/rotary table").asLong();
    }

    @Test
    void refusesABudgetThatHoldsOnlyStabilizers() {
        CommandRun run =
                CommandRun.of("inspect", Golden.of("qwen2-tiny").directory(), "--budget", "64", "--stabilizers", "64");
        assertThat(run.status()).isEqualTo(2);
        assertThat(run.err().strip())
                .isEqualTo("locret: invalid-argument: cache-budget must exceed stabilizers: cache-budget=64,"
                        + " stabilizers=64");
    }
}
