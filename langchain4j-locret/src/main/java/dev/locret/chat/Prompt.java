package dev.locret.chat;

import dev.locret.chat.answer.AnswerParser.Start;

/**
 * A prompt that ends where the answer begins.
 *
 * @param tokens token ids, at most one BOS
 * @param start what the answer begins with
 */
public record Prompt(int[] tokens, Start start) {}
