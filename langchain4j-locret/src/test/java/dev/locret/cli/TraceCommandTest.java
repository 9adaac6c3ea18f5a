package dev.locret.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.locret.testing.Golden;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** The authors' vectors, as an outsider would check them. */
class TraceCommandTest {
    @TempDir
    private Path directory;

    static Stream<Arguments> cases() {
        return Stream.of("llama-tiny", "phi3-tiny").flatMap(model -> StreamSupport.stream(
                        Golden.of(model).cases().get("cases").spliterator(), false)
                .map(c -> Arguments.of(model, c.get("name").asText(), c)));
    }

    @ParameterizedTest(name = "{0} {1}")
    @MethodSource("cases")
    void printsTheTraceInTheShapeOfTheGoldenCases(String model, String name, JsonNode golden) throws IOException {
        CommandRun run = trace(model, golden, "--logits", "--json");

        assertThat(run.status()).as(run.err()).isZero();
        assertThat(run.json().get("trace")).isEqualTo(golden.get("trace"));
        assertThat(run.json().get("generated")).isEqualTo(golden.get("generated"));
        JsonNode logits = run.json().get("promptLogits");
        float[] values = new float[logits.size()];
        for (int i = 0; i < values.length; i++) {
            values[i] = logits.get(i).floatValue();
        }
        Golden.of(model).assertClose(name + ".prompt_logits", values);
    }

    @Test
    void leavesOutLogitsThatWereNotAskedFor() throws IOException {
        CommandRun run = trace("llama-tiny", Golden.of("llama-tiny").locretCase("evicts"), "--json");
        assertThat(run.json().fieldNames()).toIterable().containsExactly("trace", "generated");
    }

    @Test
    void printsLinesForAReader() throws IOException {
        CommandRun run = trace("llama-tiny", Golden.of("llama-tiny").locretCase("fits_budget"));
        assertThat(run.out().lines())
                .startsWith("chunk 0..50", "  layer 0 head 0: 50 kept 0-49")
                .anyMatch(line -> line.startsWith("generated ["));
    }

    @Test
    void drawsRunsTogether() {
        assertThat(TraceCommand.ranges(new int[] {0, 1, 2, 5, 7, 8})).isEqualTo("0-2 5 7-8");
        assertThat(TraceCommand.ranges(new int[0])).isEmpty();
    }

    @Test
    void saysWhichTokenIsOutsideTheVocabulary() throws IOException {
        Path ids = Files.writeString(directory.resolve("ids"), "1 2 1000000");
        CommandRun run =
                CommandRun.of("trace", "--model", Golden.of("llama-tiny").directory(), "--token-ids", ids);
        assertThat(run.status()).isEqualTo(1);
        assertThat(run.err())
                .startsWith("locret: invalid-prompt: token id outside the vocabulary: prompt[2]=1000000, vocabulary=");
    }

    private CommandRun trace(String model, JsonNode golden, String... flags) throws IOException {
        Path files = Golden.of(model).directory();
        Path ids = Files.writeString(
                directory.resolve("ids.json"), golden.get("input_ids").toString());
        Stream<Object> args = Stream.of(
                "trace",
                "--model",
                files,
                "--heads",
                files.resolve("retaining_heads.safetensors"),
                "--budget",
                golden.get("budget"),
                "--chunk-size",
                golden.get("chunk_size"),
                "--stabilizers",
                golden.get("stabilizers"),
                "--local-tokens",
                golden.get("local_len"),
                "--reserve",
                "32",
                "--threads",
                "1",
                "--token-ids",
                ids,
                "--max-output-tokens",
                golden.get("max_new_tokens"));
        return CommandRun.of(Stream.concat(args, Stream.of(flags)).toArray());
    }
}
