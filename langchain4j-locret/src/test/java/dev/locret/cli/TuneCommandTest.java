package dev.locret.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.locret.testing.DemoEngine;
import dev.locret.testing.DemoModel;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The command with the real model on short documents. */
class TuneCommandTest {
    @TempDir
    private Path directory;

    private Path documents;
    private Path questions;

    @BeforeEach
    void writeDocuments() throws IOException {
        documents = Files.createDirectory(directory.resolve("documents"));
        String text = TrainDataCommandTest.prose(100, 104);
        Files.writeString(documents.resolve("a.txt"), text + "\n\nThe harbour master is called Anna Mercer.");
        Files.writeString(documents.resolve("b.txt"), "The ship is painted green.\n\n" + text);
        questions = Files.writeString(
                directory.resolve("questions.jsonl"),
                "{\"document\": \"a.txt\", \"question\": \"What is the harbour master called?\", \"answer\": \"Anna\"}\n"
                        + "{\"document\": \"b.txt\", \"question\": \"Which colour is the ship?\", \"answer\": \"green\"}\n");
    }

    private CommandRun run(String maxMemory, Object... more) {
        Stream<Object> args = Stream.of(
                "tune",
                "--model",
                DemoModel.path(),
                "--heads",
                DemoEngine.heads(),
                "--documents",
                documents,
                "--questions",
                questions,
                "--output",
                directory.resolve("application.properties"),
                "--max-memory",
                maxMemory,
                "--chunk-size",
                "64",
                "--pinned-tokens",
                "4",
                "--budget-allocation",
                "uniform",
                "--kv-cache-type",
                "f32",
                "--budget",
                "64,96");
        return CommandRun.of(Stream.concat(args, Stream.of(more)).toArray());
    }

    @Test
    void writesPropertiesAndMeasuresNothingTwice() throws IOException {
        CommandRun first = run("1GB", "--policy", "locret,streaming-llm", "--json");
        assertThat(first.status()).as(first.err()).isZero();
        JsonNode report = first.json();
        assertThat(report.get("tried").asInt()).isEqualTo(4);
        assertThat(report.get("questions").asInt()).isEqualTo(2);
        assertThat(report.get("full").get("row").get("score").asDouble())
                .as("what full attention finds in a hundred words")
                .isPositive();
        JsonNode chosen = report.get("chosen");
        double best = 0;
        for (JsonNode finalist : report.get("finalists")) {
            best = Math.max(best, finalist.get("row").get("score").asDouble());
        }
        assertThat(chosen.get("row").get("score").asDouble()).isGreaterThanOrEqualTo(best - 0.02);
        assertThat(chosen.get("row").get("documents").asInt()).isEqualTo(2);

        Properties written = new Properties();
        try (var in = Files.newBufferedReader(directory.resolve("application.properties"))) {
            written.load(in);
        }
        assertThat(written)
                .containsEntry("langchain4j.locret.policy", chosen.get("policy").asText())
                .containsEntry(
                        "langchain4j.locret.cache-budget",
                        chosen.get("cache-budget").asText())
                .containsEntry(
                        "langchain4j.locret.model-path",
                        DemoModel.path().toAbsolutePath().normalize().toString());
        assertThat(Files.readString(directory.resolve("application.properties")))
                .contains("# against full attention: ", "# against the default: ", "# chosen ");

        Map<Path, String> results = results();
        // Four candidates, full attention and the default.
        assertThat(results).hasSize(6);
        CommandRun again = run("1GB", "--policy", "locret,streaming-llm", "--json");
        assertThat(again.json()).isEqualTo(report);
        assertThat(results()).isEqualTo(results);

        Files.writeString(questions, Files.readString(questions).replace("green", "red"));
        assertThat(run("1GB", "--policy", "locret").err())
                .startsWith("locret: invalid-argument: eval results are of another run: questions=");
    }

    private Map<Path, String> results() throws IOException {
        Map<Path, String> results = new TreeMap<>();
        for (Path file : Documents.files(directory.resolve("application.properties.trials"))) {
            results.put(file, Files.readString(file));
        }
        return results;
    }

    @Test
    void saysWhatTheSmallestCandidateNeeds() {
        CommandRun run = run("100MB", "--policy", "keydiff");
        assertThat(run.status()).isEqualTo(1);
        assertThat(run.err())
                .matches(
                        "locret: not-enough-memory: tune: no candidate fits: max-memory=96 MiB, the smallest needs=\\d+ MiB\\s+");
    }

    @Test
    void saysThatTheModelAdmitsNoCandidate() {
        CommandRun run = CommandRun.of(
                "tune",
                "--model",
                DemoModel.path(),
                "--documents",
                documents,
                "--questions",
                questions,
                "--max-memory",
                "1GB",
                "--budget",
                "64",
                "--pinned-tokens",
                "64");
        assertThat(run.status()).isEqualTo(2);
        assertThat(run.err())
                .startsWith("locret: invalid-argument: tune: the model admits no candidate: candidates=")
                .contains("pinned-tokens=64");
    }

    @Test
    void refusesWhatCannotBeMeasured() throws IOException {
        assertThat(run("much").err())
                .contains("max-memory is no size: max-memory=much, allowed=for example 2GB, 800MiB");

        Files.writeString(
                questions,
                "{\"context\": \"The sea is wide.\", \"question\": \"What is wide?\", \"answer\": \"sea\"}\n");
        assertThat(run("1GB").err())
                .contains("tune: no question names a document of the directory: documents=" + documents
                        + ", files=[a.txt, b.txt], questions=" + questions);

        Files.writeString(questions, "{\"document\": \"c.txt\", \"question\": \"Who?\", \"answer\": \"Anna\"}\n");
        assertThat(run("1GB").err())
                .contains("file-damaged: task file: line 1: field document: ")
                .contains("c.txt");

        Files.writeString(
                questions, "{\"document\": \"../questions.jsonl\", \"question\": \"Who?\", \"answer\": \"Anna\"}\n");
        assertThat(run("1GB").err())
                .contains("documents: lies outside the directory: document=../questions.jsonl, directory=");

        Files.writeString(questions, "\n");
        assertThat(run("1GB").err()).contains("task file: has no question: " + questions);

        List<String> words = List.of("tune", "--model", DemoModel.path().toString(), "--max-memory", "1GB");
        assertThat(CommandRun.of(words.toArray()).err()).contains("Missing required option: '--questions=FILE'");
    }
}
