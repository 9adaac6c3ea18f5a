package dev.locret.train.data;

import dev.locret.common.Checks;

/**
 * What samples are like.
 *
 * @param minTokens fewest tokens of a sample
 * @param maxTokens most tokens of a sample, its questions and answers among them
 * @param texts share of samples of which nothing is asked, in percent
 * @param seed of all that is drawn
 */
public record SampleOptions(int minTokens, int maxTokens, int texts, long seed) {
    /** Questions and hidden facts need room beside the document. */
    private static final int LEAST = 300;

    public SampleOptions {
        Checks.inRange("min-tokens", minTokens, LEAST, 1 << 24);
        Checks.inRange("max-tokens", maxTokens, minTokens, 1 << 24);
        Checks.inRange("texts", texts, 0, 100);
    }
}
