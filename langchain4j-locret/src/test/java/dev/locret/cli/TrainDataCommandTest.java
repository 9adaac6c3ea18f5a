package dev.locret.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.ObjectMapper;
import dev.locret.testing.DemoModel;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TrainDataCommandTest {
    @TempDir
    private Path directory;

    private Path documents;
    private Path target;

    /** Prose of which every paragraph is told by its number. */
    static String prose(int from, int to) {
        return IntStream.range(from, to)
                .mapToObj(
                        i -> "They went down to the sea for the " + i + "th time on that day in the year of the storm. "
                                + "Nobody knew why they did so, and nobody ever asked them about it.")
                .collect(Collectors.joining("\n\n"));
    }

    @BeforeEach
    void writeDocuments() throws IOException {
        documents = Files.createDirectory(directory.resolve("documents"));
        Files.writeString(documents.resolve("a.txt"), prose(100, 250));
        Files.writeString(documents.resolve("b.md"), prose(250, 400));
        Files.write(documents.resolve("c.bin"), new byte[] {0, 1, 2});
        target = directory.resolve("train.jsonl");
    }

    private CommandRun run(Object... more) {
        return CommandRun.of(java.util.stream.Stream.concat(
                        java.util.stream.Stream.of(
                                "train-data",
                                "--documents",
                                documents,
                                "--output",
                                target,
                                "--samples",
                                "5",
                                "--max-tokens",
                                "900"),
                        java.util.stream.Stream.of(more))
                .toArray());
    }

    @Test
    void writesSamplesOfAllDocumentsAndSaysWhichIsNone() throws IOException {
        CommandRun run = run();
        assertThat(run.status()).as(run.err()).isZero();
        assertThat(run.out()).isEqualTo("5 samples from 300 paragraphs: " + target + System.lineSeparator());
        assertThat(run.err()).contains("passed over: document: binary, neither text, HTML nor PDF: byte 0 of 3 is 0");
        List<String> lines = Files.readAllLines(target);
        assertThat(lines).hasSize(5);
        assertThat(new ObjectMapper().readTree(lines.get(0)).fieldNames())
                .toIterable()
                .containsExactly("context", "questions");
    }

    @Test
    void leavesOutWhatIsForEvaluation() throws IOException {
        Path evaluation = Files.writeString(directory.resolve("eval.txt"), prose(200, 380));
        CommandRun run = run("--exclude", evaluation, "--json");
        assertThat(run.status()).as(run.err()).isZero();
        assertThat(run.json().get("paragraphs").asInt()).isEqualTo(120);
        assertThat(Files.readString(target))
                .doesNotContain(" 200th ", " 379th ")
                .containsPattern(" (199|380)th ");
    }

    @Test
    void refusesDocumentsWithoutProse() throws IOException {
        Path code = Files.writeString(directory.resolve("numbers.txt"), "1 2 3\n\n4 5 6\n");
        CommandRun run = CommandRun.of("train-data", "--documents", code, "--output", target);
        assertThat(run.status()).isEqualTo(1);
        assertThat(run.err())
                .isEqualTo("locret: invalid-prompt: documents: too little prose of the documents: paragraphs=0,"
                        + " needed=20" + System.lineSeparator());
        assertThat(target).doesNotExist();
    }

    @Test
    void theModelWritesItself() throws IOException {
        Path text = Files.writeString(directory.resolve("harbour.txt"), harbour());
        Object[] command = {
            "train-data",
            "--documents",
            text,
            "--output",
            target,
            "--samples",
            "1",
            "--min-tokens",
            "400",
            "--max-tokens",
            "500",
            "--with-model",
            "--model",
            DemoModel.path()
        };
        CommandRun run = CommandRun.of(command);
        assertThat(run.status()).as(run.err()).isZero();
        List<String> lines = Files.readAllLines(target);
        assertThat(lines).hasSize(1);
        assertThat(new ObjectMapper().readTree(lines.get(0)).get("questions")).isNotEmpty();
        CommandRun again = CommandRun.of(command);
        assertThat(again.status()).as(again.err()).isZero();
        assertThat(again.err()).contains("1 samples were there: " + target);
        assertThat(Files.readAllLines(target)).isEqualTo(lines);
        command[6] = "2";
        command[1] = "--documents";
        command[2] = documents;
        assertThat(CommandRun.of(command).err())
                .contains("locret: checkpoint-mismatch: train-data: file holds samples of another run: run=");
        assertThat(run("--with-model").err())
                .isEqualTo("locret: invalid-argument: --with-model needs a model: with-model=true, model=null"
                        + System.lineSeparator());
        assertThat(run("--with-model", "--model", DemoModel.path(), "--texts", "25")
                        .err())
                .isEqualTo(
                        "locret: invalid-argument: a model writes questions to all of its samples: with-model=true, texts=25"
                                + System.lineSeparator());
    }

    /** Facts that there is something to ask about. */
    private static String harbour() {
        String[] ships = {"Anna", "Bertha", "Clara", "Dora", "Emma", "Frida", "Greta", "Hilda", "Ida", "Jenny"};
        return IntStream.range(0, 40)
                .mapToObj(i -> "The ship " + ships[i % 10] + " came to harbour number " + (i + 11) + " with a load of "
                        + (100 + 7 * i) + " barrels of salt. Her captain was an old man from the north, who had sailed"
                        + " for " + (20 + i) + " years and never lost a sailor.")
                .collect(Collectors.joining("\n\n"));
    }
}
