package dev.locret.generate;

/**
 * How tokens are chosen. The order is that of llama.cpp: penalties, top-k, top-p, min-p, temperature.
 *
 * @param temperature 0 takes the most likely token
 * @param topK candidates to keep, 0 for all
 * @param topP smallest set of candidates with this mass, 1 for all
 * @param minP candidates at least this likely relative to the best, 0 for all
 * @param repetitionPenalty 1 for none
 * @param presencePenalty 0 for none
 * @param frequencyPenalty 0 for none
 * @param seed same seed, same text; null draws one
 */
public record SamplingParameters(
        double temperature,
        int topK,
        double topP,
        double minP,
        double repetitionPenalty,
        double presencePenalty,
        double frequencyPenalty,
        Long seed) {
    /** The most likely token. */
    public static final SamplingParameters GREEDY = new SamplingParameters(0, 0, 1, 0, 1, 0, 0, null);
}
