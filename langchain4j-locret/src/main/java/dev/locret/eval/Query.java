package dev.locret.eval;

import java.util.List;

/**
 * A question to a document.
 *
 * @param kind what is asked for, such as {@code number}
 * @param question the question as the model gets it
 * @param expected what counts as found, at least one
 * @param scorer how an answer is compared with it
 * @param depth where in the document the answer stands, 0 to 1, or -1 if nowhere in particular
 * @param maxTokens most tokens of an answer
 */
public record Query(String kind, String question, List<String> expected, Scorer scorer, double depth, int maxTokens) {}
