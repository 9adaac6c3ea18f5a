package dev.locret.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.locret.testing.Golden;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TrainCommandTest {
    private final Path model =
            Golden.of("llama-tiny").directory().resolveSibling("gguf").resolve("llama-tiny.gguf");

    @TempDir
    Path directory;

    private Path data;
    private Path heads;

    @BeforeEach
    void write() throws IOException {
        StringBuilder lines = new StringBuilder();
        for (int i = 0; i < 8; i++) {
            lines.append("{\"context\": \"" + "the cat sat on the mat and ".repeat(4) + "box " + i
                    + " holds it\", \"question\": \"what?\", \"answer\": \"box " + i + "\"}\n");
        }
        data = Files.writeString(directory.resolve("train.jsonl"), lines.toString());
        heads = directory.resolve("heads.safetensors");
    }

    @Test
    void trainsAndSaysHowItWent() {
        CommandRun run = train("--steps", "30", "--d-r", "16", "--json");

        assertThat(run.status()).as(run.err()).isZero();
        JsonNode result = run.json();
        assertThat(result.fieldNames())
                .toIterable()
                .containsExactly(
                        "heads",
                        "steps",
                        "samples",
                        "firstLoss",
                        "lastLoss",
                        "tokens",
                        "seconds",
                        "tokensPerSecond",
                        "stepOverForward");
        assertThat(result.get("heads").asText()).isEqualTo(heads.toString());
        assertThat(result.get("steps").asInt()).isEqualTo(30);
        assertThat(result.get("samples").asInt()).isEqualTo(8);
        assertThat(result.get("lastLoss").asDouble())
                .isLessThan(result.get("firstLoss").asDouble());
        assertThat(run.err()).contains("8 samples, the longest of ").contains("training: 30 of 30 steps, loss ");
        assertThat(directory.resolve("heads.csv")).exists();
        // The heads are of use to the model at once.
        CommandRun inspect = CommandRun.of("inspect", model, "--heads", heads, "--json");
        assertThat(inspect.status()).as(inspect.err()).isZero();
    }

    @Test
    void headsThatExistAreTrainedOn() {
        assertThat(train("--steps", "10", "--d-r", "16").status()).isZero();
        CommandRun run = train("--heads", heads, "--steps", "2", "--recipe", "paper", "--warmup", "0", "--json");
        assertThat(run.status()).as(run.err()).isZero();
    }

    @Test
    void aLossOfOrderLeansToNeitherSide() {
        CommandRun run = train("--steps", "3", "--d-r", "16", "--loss", "ranking");
        assertThat(run.status()).as(run.err()).isZero();
        assertThat(train("--steps", "3", "--loss", "ranking", "--expectile", "0.7")
                        .err())
                .contains("an expectile is of smooth-l1 only: expectile=0.7, loss=ranking");
    }

    @Test
    void mistakesAreNamed() {
        assertThat(train("--steps", "0").err()).contains("steps out of range: steps=0, allowed=1..1000000");
        assertThat(train("--warmup", "200").err()).contains("warmup out of range: warmup=200, allowed=0..150");
        assertThat(train("--lr", "0").err()).contains("learning rate out of range: lr=0.0, allowed=above 0 to 1");
        assertThat(train("--d-r", "0").err()).contains("d-r out of range: d-r=0");
        assertThat(train("--label", "best").err())
                .contains("log-probability-and-value")
                .contains("best");
        assertThat(CommandRun.of("train", "--model", model, "--data", directory.resolve("no.jsonl"), "-o", heads)
                        .err())
                .contains("locret: file-not-readable: train: cannot be read");
    }

    private CommandRun train(Object... options) {
        Object[] all = new Object[options.length + 11];
        Object[] common = {
            "train", "--model", model, "--data", data, "-o", heads, "--max-tokens", "256", "--min-context-tokens", "8"
        };
        System.arraycopy(common, 0, all, 0, common.length);
        System.arraycopy(options, 0, all, common.length, options.length);
        return CommandRun.of(all);
    }
}
