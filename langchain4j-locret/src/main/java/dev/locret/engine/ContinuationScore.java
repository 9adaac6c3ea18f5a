package dev.locret.engine;

/**
 * How likely a text is after a prompt.
 *
 * @param logProbabilities natural logarithm of each token's probability after all that comes before it, {@code [tokens]}
 * @param result what it cost
 */
public record ContinuationScore(double[] logProbabilities, GenerationResult result) {
    /** Mean of the logarithms; its negative's exponential is the perplexity. */
    public double mean() {
        double sum = 0;
        for (double value : logProbabilities) {
            sum += value;
        }
        return sum / logProbabilities.length;
    }
}
