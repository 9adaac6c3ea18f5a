package dev.locret.train;

/**
 * A text to train on.
 *
 * @param source where it was found, for messages
 * @param tokens ids of the whole text
 * @param scored first tokens, which get labels and scores
 * @param labelTokens places of the tokens whose attention makes the labels, ascending, none before {@code scored}
 */
public record TrainingSample(String source, int[] tokens, int scored, int[] labelTokens) {}
