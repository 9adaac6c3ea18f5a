package dev.locret.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.locret.testing.DemoEngine;
import dev.locret.testing.DemoModel;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** With the real model. */
class AskCommandTest {
    private static final String QUESTION = "What is the special magic number for harbour mentioned in the text?";

    @TempDir
    private Path directory;

    private Path page;
    private Path notes;

    @BeforeEach
    void write() throws IOException {
        page = Files.writeString(
                directory.resolve("page.html"),
                "<html><body><p>The weather was fine.</p>"
                        + "<p>The special magic number for harbour is 4719302.</p></body></html>");
        notes = Files.writeString(directory.resolve("notes.txt"), "The ships lay in the harbour and waited for wind.");
    }

    @Test
    void answersFromDocumentsAsJson() {
        CommandRun run = CommandRun.of(
                "ask",
                "--model",
                DemoModel.path(),
                "--document",
                page,
                notes,
                QUESTION,
                "--max-output-tokens",
                "24",
                "--json");

        assertThat(run.status()).as(run.err()).isZero();
        assertThat(run.json().fieldNames())
                .toIterable()
                .containsExactly("answer", "usage", "timings", "cache", "policy", "peakRssBytes");
        assertThat(run.json().get("answer").asText()).contains("4719302");
        assertThat(run.json().get("policy").asText()).isEqualTo("none");
        int input = run.json().at("/usage/inputTokens").asInt();
        int output = run.json().at("/usage/outputTokens").asInt();
        assertThat(input).isBetween(60, 150);
        assertThat(output).isBetween(5, 24);
        assertThat(run.json().at("/usage/totalTokens").asInt()).isEqualTo(input + output);
        assertThat(run.json().at("/cache/entriesPerHead").asInt()).isEqualTo(input);
        assertThat(run.json().at("/cache/evicted").asInt()).isZero();
        assertThat(run.json().at("/cache/bytes").asLong()).isPositive();
        assertThat(run.json().at("/timings/prefillTokensPerSecond").asDouble()).isPositive();
        assertThat(run.err()).contains("reading: " + input + " of " + input + " tokens");
    }

    @Test
    void readsMoreThanTheBudgetAndSaysWhatWasEvicted() throws IOException {
        Files.writeString(notes, "The ships lay in the harbour and waited for wind. ".repeat(30));
        CommandRun run = CommandRun.of(
                "ask",
                "--model",
                DemoModel.path(),
                "--policy",
                "streaming-llm",
                "--budget",
                "64",
                "--chunk-size",
                "64",
                "--document",
                notes,
                "--max-output-tokens",
                "4",
                QUESTION,
                "--json");
        assertThat(run.status()).as(run.err()).isZero();
        assertThat(run.json().get("policy").asText()).isEqualTo("streaming-llm");
        int input = run.json().at("/usage/inputTokens").asInt();
        int kept = run.json().at("/cache/entriesPerHead").asInt();
        // The budget and the local tokens: the question and what the template adds.
        assertThat(kept).isBetween(64 + 10, 64 + 40);
        assertThat(run.json().at("/cache/evicted").asInt()).isEqualTo((input - kept) * 30 * 3);
    }

    @Test
    void readsDocumentsForTheQuestion() throws IOException {
        Files.writeString(notes, "The ships lay in the harbour and waited for wind. ".repeat(30));
        List<Object> words = new ArrayList<>(List.of("ask", "--model", DemoModel.path(), "--budget", "128"));
        words.addAll(List.of("--stabilizers", "16", "--chunk-size", "64", "--heads", DemoEngine.heads()));
        words.addAll(List.of("--document", page, notes, "--max-output-tokens", "4", QUESTION, "--json"));
        CommandRun plain = CommandRun.of(words.toArray());
        words.add("--question-aware");
        CommandRun aware = CommandRun.of(words.toArray());
        words.addAll(List.of("--question-aware-heads", DemoEngine.heads()));
        CommandRun trained = CommandRun.of(words.toArray());

        assertThat(aware.status()).as(aware.err()).isZero();
        assertThat(plain.json().at("/cache/questionAware").asBoolean()).isFalse();
        assertThat(aware.json().at("/cache/questionAware").asBoolean()).isTrue();
        int question = aware.json().at("/usage/inputTokens").asInt()
                - plain.json().at("/usage/inputTokens").asInt();
        assertThat(question).isBetween(12, 20);
        assertThat(aware.json().at("/cache/entriesPerHead").asInt())
                .isEqualTo(plain.json().at("/cache/entriesPerHead").asInt());
        assertThat(aware.json().get("policy").asText()).isEqualTo("locret");
        assertThat(trained.json().get("policy").asText()).isEqualTo("locret-q");
    }

    @Test
    void refusesHeadsThatNobodyWouldUse() {
        CommandRun run = CommandRun.of(
                "ask", "--model", DemoModel.path(), "--question-aware-heads", "h.bin", "-d", page, QUESTION);
        assertThat(run.status()).isEqualTo(2);
        assertThat(run.err())
                .startsWith("locret: invalid-argument: --question-aware-heads is used with --question-aware only:"
                        + " question-aware-heads=h.bin, question-aware=false");
    }

    @Test
    void streamsTheAnswerToStandardOutput() {
        CommandRun run = CommandRun.of(
                "ask",
                "--model",
                DemoModel.path(),
                "-d",
                page,
                "--system",
                "Answer briefly.",
                "--max-output-tokens",
                "24",
                QUESTION);
        assertThat(run.status()).as(run.err()).isZero();
        assertThat(run.out()).contains("4719302").endsWith(System.lineSeparator());
        assertThat(run.err()).contains(" tokens read at ", " entries per head kept (none), 0 evicted");
    }

    @Test
    void namesADocumentThatCannotBeRead() throws IOException {
        Path binary = Files.write(directory.resolve("a.png"), "\u0089PNG\0".getBytes(StandardCharsets.ISO_8859_1));
        CommandRun run = CommandRun.of("ask", "--model", "unused", "--document", binary, QUESTION, "--json");
        assertThat(run.status()).isEqualTo(1);
        assertThat(run.json().at("/error/id").asText()).isEqualTo("invalid-prompt");
        assertThat(run.err().strip())
                .isEqualTo("locret: invalid-prompt: document: binary, neither text, HTML nor PDF: byte 4 of 5 is 0: "
                        + binary);
    }

    @Test
    void refusesAnEmptyQuestion() {
        CommandRun run = CommandRun.of("ask", "--model", "unused", "-d", page, " ");
        assertThat(run.status()).isEqualTo(2);
        assertThat(run.err()).startsWith("locret: invalid-argument: The question is empty");
    }

    @Test
    void whatWasReadIsAskedAgainByName() {
        Path contexts = directory.resolve("contexts");
        CommandRun first = ask("--context", "port", "--contexts", contexts, "--document", page, notes);
        CommandRun second = ask("--context", "port", "--contexts", contexts);

        assertThat(first.status()).as(first.err()).isZero();
        assertThat(second.status()).as(second.err()).isZero();
        assertThat(first.json().get("answer").asText()).contains("4719302");
        assertThat(second.json().get("answer")).isEqualTo(first.json().get("answer"));
        int cached = second.json().at("/usage/cachedInputTokens").asInt();
        assertThat(cached).isBetween(40, second.json().at("/usage/inputTokens").asInt() - 10);
    }

    @Test
    void aContextNeedsItsDirectoryAndReadsItsSystemMessageWithItsDocuments() {
        assertThat(ask("--context", "port").err())
                .contains("--context and --contexts are used together: context=port, contexts=null");
        assertThat(ask("--context", "port", "--contexts", directory, "--system", "Be brief.")
                        .err())
                .contains("The system message belongs to the context");
        assertThat(ask("--context", "port", "--contexts", directory, "--question-aware", "--document", page)
                        .err())
                .contains("A context is read before its question");
        assertThat(ask("--context", "port", "--contexts", directory).err())
                .contains("contexts: not read: context=port, known=none");
    }

    private static CommandRun ask(Object... options) {
        List<Object> words = new ArrayList<>(List.of("ask", "--model", DemoModel.path()));
        words.addAll(List.of(options));
        words.addAll(List.of(QUESTION, "--max-output-tokens", "24", "--json"));
        return CommandRun.of(words.toArray());
    }
}
