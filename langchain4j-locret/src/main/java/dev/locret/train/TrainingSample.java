package dev.locret.train;

/**
 * A text to train on.
 *
 * @param source where it was found, for messages
 * @param tokens ids of the whole text
 * @param kept first tokens that a prompt of this kind keeps whatever their scores: they get none
 * @param scored first tokens, of which those from {@code kept} on get labels and scores
 * @param labelTokens places of the tokens whose attention makes the labels, ascending, none before {@code scored}
 */
public record TrainingSample(String source, int[] tokens, int kept, int scored, int[] labelTokens) {
    /** A text of which nothing is kept for sure. */
    public TrainingSample(String source, int[] tokens, int scored, int[] labelTokens) {
        this(source, tokens, 0, scored, labelTokens);
    }

    /** Tokens that get labels and scores. */
    int rows() {
        return scored - kept;
    }
}
