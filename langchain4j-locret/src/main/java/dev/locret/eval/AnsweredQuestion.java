package dev.locret.eval;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.List;

/**
 * A question of a reading set, as SQuAD and HotpotQA have them.
 *
 * @param question the question
 * @param answers what counts as found
 * @param paragraphs what it can be answered from, and for HotpotQA what was put beside it
 */
record AnsweredQuestion(String question, List<String> answers, List<String> paragraphs) {
    private static final String CONTEXT = "context";

    /**
     * Reads {@code question}, {@code answer} or {@code answers} (texts, or an object with {@code text}), and {@code
     * context}: a text, pairs of a title and its sentences, or an object of {@code title} and {@code sentences}.
     */
    static AnsweredQuestion of(TaskLine line) {
        return new AnsweredQuestion(line.text("question"), answers(line), paragraphs(line));
    }

    private static List<String> answers(TaskLine line) {
        if (line.has("answer")) {
            return line.texts("answer");
        }
        JsonNode answers = line.json().path("answers");
        return answers.isObject() ? line.inside("answers", answers).texts("text") : line.texts("answers");
    }

    private static List<String> paragraphs(TaskLine line) {
        JsonNode context = line.json().path(CONTEXT);
        if (context.isTextual()) {
            return List.of(line.text(CONTEXT));
        }
        List<String> paragraphs = new ArrayList<>();
        if (context.isObject()) {
            JsonNode titles = context.path("title");
            JsonNode sentences = context.path("sentences");
            line.require(
                    CONTEXT,
                    titles.size() == sentences.size(),
                    "has " + titles.size() + " titles, sentences=" + sentences.size());
            for (int i = 0; i < titles.size(); i++) {
                paragraphs.add(paragraph(titles.get(i), sentences.get(i)));
            }
        } else {
            for (JsonNode pair : line.list(CONTEXT)) {
                line.require(
                        CONTEXT, pair.size() == 2, "must hold pairs of a title and sentences: size=" + pair.size());
                paragraphs.add(paragraph(pair.get(0), pair.get(1)));
            }
        }
        line.require(
                CONTEXT,
                !paragraphs.isEmpty() && paragraphs.stream().noneMatch(String::isBlank),
                "has no paragraph, or an empty one: paragraphs=" + paragraphs.size());
        return paragraphs;
    }

    private static String paragraph(JsonNode title, JsonNode sentences) {
        StringBuilder text = new StringBuilder(title.asText()).append('\n');
        sentences.forEach(sentence -> text.append(sentence.asText()));
        return text.toString().strip();
    }
}
