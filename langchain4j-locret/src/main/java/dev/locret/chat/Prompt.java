package dev.locret.chat;

import dev.locret.chat.answer.AnswerParser.Start;

/**
 * A prompt that ends where the answer begins.
 *
 * @param tokens token ids, at most one BOS
 * @param start what the answer begins with
 * @param questionEnd tokens up to the end of the question in front of its document, 0 if it is not put there
 * @param contextHead token ids that the context of a rest must begin with, empty if any will do
 */
public record Prompt(int[] tokens, Start start, int questionEnd, int[] contextHead) {
    private static final int[] NONE = {};

    /** A whole prompt. */
    Prompt(int[] tokens, Start start, int questionEnd) {
        this(tokens, start, questionEnd, NONE);
    }
}
