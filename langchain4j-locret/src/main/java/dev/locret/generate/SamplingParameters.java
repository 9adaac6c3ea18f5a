package dev.locret.generate;

import dev.locret.common.Checks;

/**
 * How tokens are chosen. The order is that of llama.cpp: penalties, top-k, top-p, min-p, temperature. Penalties count
 * the last {@value Sampler#PENALTY_WINDOW} tokens of prompt and answer, as llama.cpp does.
 *
 * @param temperature 0 takes the most likely token
 * @param topK candidates to keep, 0 for all
 * @param topP smallest set of candidates with this mass, above 0, 1 for all
 * @param minP candidates at least this likely relative to the best, 0 for all
 * @param repetitionPenalty above 0, 1 for none
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

    private static final double LARGEST = 1000;

    /** Fails with {@code invalid-argument} if a value is outside its range. */
    public SamplingParameters {
        require(temperature >= 0 && temperature <= LARGEST, "temperature", temperature, "0..1000");
        Checks.inRange("top-k", topK, 0, Integer.MAX_VALUE);
        require(topP > 0 && topP <= 1, "top-p", topP, "above 0..1");
        require(minP >= 0 && minP <= 1, "min-p", minP, "0..1");
        require(
                repetitionPenalty > 0 && repetitionPenalty <= LARGEST,
                "repetition-penalty",
                repetitionPenalty,
                "above 0..1000");
        require(Math.abs(presencePenalty) <= LARGEST, "presence-penalty", presencePenalty, "-1000..1000");
        require(Math.abs(frequencyPenalty) <= LARGEST, "frequency-penalty", frequencyPenalty, "-1000..1000");
    }

    private static void require(boolean condition, String name, double value, String allowed) {
        Checks.argument(condition, () -> name + " out of range: " + name + "=" + value + ", allowed=" + allowed);
    }

    /** Whether tokens seen before weigh in. */
    boolean penalises() {
        return repetitionPenalty != 1 || presencePenalty != 0 || frequencyPenalty != 0;
    }
}
