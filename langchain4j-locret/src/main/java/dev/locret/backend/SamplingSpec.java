package dev.locret.backend;

/**
 * How to choose a token from a row of logits. Tokens that are not allowed are left out first; then the order is that of
 * llama.cpp: penalties, then top-k, top-p and min-p on
 * the distribution at temperature 1, then temperature.
 *
 * @param temperature 0 takes the most likely token
 * @param topK candidates to keep, 0 for all
 * @param topP smallest set of candidates with this mass, 1 for all
 * @param minP candidates at least this likely relative to the best, 0 for all
 * @param repetitionPenalty divides positive and multiplies negative logits of seen tokens, 1 for none
 * @param presencePenalty subtracted from logits of seen tokens
 * @param frequencyPenalty subtracted for each time that a token was seen
 * @param seenTokens tokens seen so far, ascending
 * @param seenCounts how often each was seen
 * @param seed seed of the session
 * @param step tokens drawn before this one: the pair of seed and step decides the draw
 * @param allowed tokens that may be chosen, bit {@code i % 64} of word {@code i / 64} for token {@code i}, none beyond the
 *     last word; at least one, or null for all
 */
public record SamplingSpec(
        float temperature,
        int topK,
        float topP,
        float minP,
        float repetitionPenalty,
        float presencePenalty,
        float frequencyPenalty,
        int[] seenTokens,
        int[] seenCounts,
        long seed,
        int step,
        long[] allowed) {
    private static final int[] NONE = {};

    /** The most likely token. */
    public static final SamplingSpec GREEDY = new SamplingSpec(0, 0, 1, 0, 1, 0, 0, NONE, NONE, 0, 0, null);

    /** Whether a token may be chosen. */
    public boolean allows(int token) {
        return allowed == null || token >> 6 < allowed.length && (allowed[token >> 6] >>> token & 1) != 0;
    }
}
