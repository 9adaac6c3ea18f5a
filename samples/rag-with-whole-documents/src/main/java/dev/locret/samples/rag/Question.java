package dev.locret.samples.rag;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * A question of the test set.
 *
 * @param answers an answer is right if it has one of these, whatever the case of its letters
 * @param document name of the document that tells it
 */
record Question(String question, List<String> answers, String document) {
    boolean answeredBy(String text) {
        String lower = text.toLowerCase(Locale.ROOT);
        return answers.stream().anyMatch(answer -> lower.contains(answer.toLowerCase(Locale.ROOT)));
    }

    /**
     * Reads lines {@code {"question": "…", "answers": ["…"], "document": "…"}}.
     *
     * @throws IOException if the file cannot be read, or naming the line that is not of this form
     */
    static List<Question> read(Path file) throws IOException {
        JsonMapper json = new JsonMapper();
        List<Question> questions = new ArrayList<>();
        List<String> lines = Files.readAllLines(file);
        for (int i = 0; i < lines.size(); i++) {
            if (lines.get(i).isBlank()) {
                continue;
            }
            JsonNode line = json.readTree(lines.get(i));
            List<String> answers = new ArrayList<>();
            line.path("answers").forEach(answer -> answers.add(answer.asText()));
            if (!line.path("question").isTextual() || answers.isEmpty()) {
                throw new IOException(file + ":" + (i + 1) + ": not a question with answers: " + lines.get(i));
            }
            questions.add(new Question(
                    line.get("question").asText(),
                    answers,
                    line.path("document").asText()));
        }
        return questions;
    }
}
