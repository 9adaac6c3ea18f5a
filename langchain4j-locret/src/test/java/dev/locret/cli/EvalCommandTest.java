package dev.locret.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.locret.testing.DemoEngine;
import dev.locret.testing.DemoModel;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The command with the real model on short documents. */
class EvalCommandTest {
    @TempDir
    private Path directory;

    private Path documents;
    private Path heads = DemoEngine.heads();

    @BeforeEach
    void writeDocuments() throws IOException {
        documents = Files.writeString(directory.resolve("book.txt"), TrainDataCommandTest.prose(100, 400));
    }

    private CommandRun run(Object... more) {
        return runInto("out", "64", more);
    }

    private CommandRun runInto(String output, String budgets, Object... more) {
        Stream<Object> args = Stream.of(
                "eval",
                "--model",
                DemoModel.path(),
                "--heads",
                heads,
                "--documents",
                documents,
                "--output",
                directory.resolve(output),
                "--length",
                "300",
                "--budget",
                budgets,
                "--chunk-size",
                "64",
                "--samples",
                "1",
                "--needles",
                "2");
        return CommandRun.of(Stream.concat(args, Stream.of(more)).toArray());
    }

    @Test
    void goesOnAfterAnInterruptionAndReportsTheSame() throws IOException {
        String[] what = {"--task", "needles,perplexity", "--policy", "locret,streaming-llm", "--json"};
        CommandRun whole = run((Object[]) what);
        assertThat(whole.status()).as(whole.err()).isZero();

        Path results = directory.resolve("out/results.jsonl");
        List<String> lines = Files.readAllLines(results);
        // Settings; two documents with full attention and two policies.
        assertThat(lines).hasSize(7);
        Files.writeString(
                results,
                String.join("\n", lines.subList(0, 4)) + "\n" + lines.get(4).substring(0, 30));
        CommandRun resumed = run((Object[]) what);
        assertThat(resumed.status()).as(resumed.err()).isZero();
        assertThat(found(resumed.json())).isEqualTo(found(whole.json()));
        assertThat(Files.readAllLines(results))
                .startsWith(lines.subList(0, 4).toArray(String[]::new))
                .hasSize(7);

        JsonNode first = whole.json().get("rows").get(0);
        assertThat(first.get("policy").asText()).isEqualTo("none");
        assertThat(first.get("found").asDouble())
                .as("what full attention finds in 300 tokens")
                .isPositive();
        assertThat(Files.readString(directory.resolve("out/report.html")))
                .contains("<h1>Locret evaluation</h1>", "data:image/png;base64,", "Score by depth")
                .doesNotContain("http://", "https://");
        assertThat(directory.resolve("out/needles-length-300.png")).isNotEmptyFile();
        assertThat(Files.readAllLines(directory.resolve("out/report.csv"))).hasSizeGreaterThan(6);
    }

    /** What does not depend on the clock. */
    private static List<String> found(JsonNode report) {
        return Stream.iterate(0, i -> i < report.get("rows").size(), i -> i + 1)
                .map(i -> report.get("rows").get(i))
                .map(r -> r.get("task") + " " + r.get("policy") + " " + r.get("kind") + " " + r.get("found") + " "
                        + r.get("nll"))
                .toList();
    }

    @Test
    void measuresAFileOfTheUserWithoutFullAttention() throws IOException {
        Path file = Files.writeString(
                directory.resolve("mine.jsonl"),
                Output.toJson(java.util.Map.of(
                                "context",
                                TrainDataCommandTest.prose(100, 108) + "\n\nThe harbour master is called Anna Mercer.",
                                "question",
                                "What is the harbour master called?",
                                "answer",
                                "Anna"))
                        + "\n");
        CommandRun run = run("--task-file", file, "--without-full", "--policy", "streaming-llm", "--json");
        assertThat(run.status()).as(run.err()).isZero();
        assertThat(run.json().get("rows")).hasSize(1);
        JsonNode row = run.json().get("rows").get(0);
        assertThat(row.get("task").asText()).isEqualTo("mine");
        assertThat(row.get("policy").asText()).isEqualTo("streaming-llm");
        assertThat(row.get("questions").asInt()).isEqualTo(1);
        assertThat(row.has("ofFull")).isFalse();
    }

    @Test
    void oneEngineForAllBudgetsAnswersAsOneForEach() throws IOException {
        Object[] what = {"--task", "facts", "--policy", "locret", "--without-full"};
        CommandRun both = runInto("out", "64,160", what);
        assertThat(both.status()).as(both.err()).isZero();
        List<JsonNode> together = outcomes("out");
        assertThat(runInto("alone", "64", what).status()).isZero();
        List<JsonNode> alone = outcomes("alone");
        assertThat(together).hasSize(2);
        assertThat(alone).hasSize(1);
        assertThat(together.get(0).get("answers")).isEqualTo(alone.get(0).get("answers"));
        assertThat(together.get(0).get("cacheBytes")).isEqualTo(alone.get(0).get("cacheBytes"));
        assertThat(together.get(1).get("cacheBytes").asLong())
                .isGreaterThan(alone.get(0).get("cacheBytes").asLong());
    }

    @Test
    void fullAttentionHasNothingToDivide() {
        Object[] what = {"--task", "perplexity", "--policy", "keydiff", "--json"};
        JsonNode uniform = runInto("uniform", "64", what).json().get("rows").get(0);
        JsonNode pooled = runInto(
                        "pooled",
                        "64",
                        Stream.concat(Stream.of(what), Stream.of("--budget-allocation", "pooled"))
                                .toArray())
                .json()
                .get("rows")
                .get(0);
        assertThat(pooled.get("policy").asText()).isEqualTo("none");
        assertThat(pooled.get("nll")).isEqualTo(uniform.get("nll"));
        assertThat(pooled.get("cacheBytes")).isEqualTo(uniform.get("cacheBytes"));
    }

    @Test
    void asksQuestionsInFrontOfDocumentsAndInTurns() throws IOException {
        CommandRun run = run("--task", "needles,turns-needles", "--question-first", "--policy", "locret", "--json");
        assertThat(run.status()).as(run.err()).isZero();
        assertThat(run.json().get("settings").get("questionFirst").asText()).isEqualTo("true");
        List<JsonNode> outcomes = outcomes("out");
        assertThat(outcomes).hasSize(4);
        // Each of the two questions reads the document.
        assertThat(outcomes)
                .allSatisfy(o -> assertThat(o.get("documentTokens").asInt()).isGreaterThan(550));
        assertThat(run("--task", "needles").err()).contains("questionFirst=false, in the file questionFirst=true");
    }

    private List<JsonNode> outcomes(String name) throws IOException {
        ObjectMapper json = new ObjectMapper();
        List<JsonNode> outcomes = new ArrayList<>();
        for (String line : Files.readAllLines(directory.resolve(name).resolve("results.jsonl"))) {
            outcomes.add(json.readTree(line));
        }
        return outcomes.subList(1, outcomes.size());
    }

    @Test
    void refusesResultsOfHeadsThatHaveChanged() throws IOException {
        heads = Files.copy(DemoEngine.heads(), directory.resolve("heads.safetensors"));
        Object[] what = {"--task", "number", "--policy", "locret", "--without-full"};
        CommandRun first = run(what);
        assertThat(first.status()).as(first.err()).isZero();

        byte[] bytes = Files.readAllBytes(heads);
        bytes[bytes.length - 2] ^= 1;
        Files.write(heads, bytes);
        assertThat(run(what).err())
                .startsWith("locret: invalid-argument: ")
                .contains("headsHash=")
                .contains("results.jsonl");
    }

    @Test
    void refusesABudgetThatEvictsNothing() {
        CommandRun run = runInto("out", "512");
        assertThat(run.status()).isEqualTo(2);
        assertThat(run.err())
                .isEqualTo("locret: invalid-argument: eval: budget is not below the length, nothing would be evicted:"
                        + " budget=512, length=300" + System.lineSeparator());
    }

    @Test
    void refusesDocumentsOfTheTrainingData() throws IOException {
        Path training = Files.writeString(
                directory.resolve("train.jsonl"),
                Output.toJson(java.util.Map.of("context", TrainDataCommandTest.prose(100, 395))) + "\n");
        CommandRun run = run("--unseen-by", training);
        assertThat(run.err())
                .contains("documents: too little prose that was not seen elsewhere: paragraphs=5, needed=20");

        Files.writeString(training, "{\"context\": \"\"}\n{oops\n");
        assertThat(run("--unseen-by", training).err())
                .contains("file-damaged: training data: line 2 is not JSON (")
                .contains(training.toString());
    }
}
