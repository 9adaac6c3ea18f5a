package dev.locret.train.data;

import java.util.List;

/**
 * A document and what it is asked, a line of a training file.
 *
 * @param context the document
 * @param questions each asked of the document alone
 */
public record Sample(String context, List<Question> questions) {
    /** A question and its answer. */
    public record Question(String question, String answer) {}
}
