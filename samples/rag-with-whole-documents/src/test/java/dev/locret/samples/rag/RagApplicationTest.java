package dev.locret.samples.rag;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

class RagApplicationTest {
    @TempDir
    private Path directory;

    @Test
    void theRealModelAnswersFromSnippetsAndFromWholeDocuments() throws IOException {
        Path questions = Files.write(
                directory.resolve("q.jsonl"),
                Files.readAllLines(Path.of("questions.jsonl")).stream()
                        .filter(line -> line.contains("Caterpillar"))
                        .toList());
        Path output = directory.resolve("out");
        int code = run(
                new StringWriter(),
                "--max-documents",
                "1",
                "--questions",
                questions.toString(),
                "--output",
                output.toString());
        assertThat(code).isZero();

        Map<String, JsonNode> outcomes = new HashMap<>();
        for (String line : Files.readAllLines(output.resolve("answers.jsonl"))) {
            JsonNode node = new JsonMapper().readTree(line);
            outcomes.put(node.get("retrieved").asText(), node.get("outcome"));
        }
        assertThat(outcomes).containsOnlyKeys("snippets", "whole documents");
        JsonNode snippets = outcomes.get("snippets");
        assertThat(snippets.get("found").asBoolean()).isTrue();
        // Five snippets of 900 characters; a chapter of some three thousand tokens.
        assertThat(snippets.get("promptTokens").asInt()).isBetween(500, 1800);
        assertThat(outcomes.get("whole documents").get("promptTokens").asInt()).isGreaterThan(2500);
        assertThat(snippets.get("right").asBoolean()).as(snippets.toString()).isTrue();

        BufferedImage picture = ImageIO.read(output.resolve("right-answers.png").toFile());
        assertThat(picture.getWidth()).isEqualTo(760);
    }

    @Test
    void aQuestionAndAFileOfThemAreTooMuch() {
        StringWriter errors = new StringWriter();
        assertThat(run(errors, "--questions", "questions.jsonl", "Who?")).isEqualTo(2);
        assertThat(errors.toString()).contains("give either a QUESTION or --questions FILE, not both or neither");
    }

    private static int run(StringWriter errors, String... more) {
        List<String> arguments = new ArrayList<>(List.of(
                "--documents",
                Settings.documents().toString(),
                "--model",
                Settings.model(),
                "--heads",
                Settings.heads()));
        arguments.addAll(List.of(more));
        return new CommandLine(new RagApplication())
                .setErr(new PrintWriter(errors, true))
                .execute(arguments.toArray(String[]::new));
    }
}
