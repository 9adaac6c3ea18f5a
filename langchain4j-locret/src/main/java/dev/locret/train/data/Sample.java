package dev.locret.train.data;

import com.fasterxml.jackson.annotation.JsonValue;
import java.util.List;

/**
 * A document and what it is asked, a line of a training file.
 *
 * @param context the document
 * @param questions each asked of the document alone; none for a text that only goes on
 */
public record Sample(String context, List<Question> questions) {
    private record Asked(String context, List<Question> questions) {}

    private record Text(String text) {}

    /** The line, as {@code locret train} reads it. */
    @JsonValue
    Object line() {
        return questions.isEmpty() ? new Text(context) : new Asked(context, questions);
    }

    /** A question and its answer. */
    public record Question(String question, String answer) {}
}
