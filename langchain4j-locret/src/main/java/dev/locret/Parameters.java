package dev.locret;

import dev.locret.common.Checks;
import dev.locret.generate.SamplingParameters;
import java.time.Duration;

/** Checks of request parameters, by the names that command line and properties have for them, and what null means. */
final class Parameters {
    private Parameters() {}

    /** Fails with {@code invalid-argument} unless all numbers are within their ranges. */
    static void check(LocretChatRequestParameters parameters) {
        inRange("temperature", parameters.temperature(), 0, 100);
        inRange("top-p", parameters.topP(), 0, 1);
        inRange("top-k", parameters.topK(), 0, Integer.MAX_VALUE);
        inRange("min-p", parameters.minP(), 0, 1);
        inRange("repetition-penalty", parameters.repetitionPenalty(), 0.01, 100);
        inRange("presence-penalty", parameters.presencePenalty(), -100, 100);
        inRange("frequency-penalty", parameters.frequencyPenalty(), -100, 100);
        inRange("max-output-tokens", parameters.maxOutputTokens(), 1, Integer.MAX_VALUE);
        inRange("cache-budget", parameters.cacheBudget(), 1, Integer.MAX_VALUE);
        Duration timeout = parameters.timeout();
        Checks.argument(
                timeout == null || !timeout.isNegative() && !timeout.isZero(),
                () -> "timeout must be positive: timeout=" + timeout);
        Checks.argument(
                !parameters.stopSequences().contains(""),
                () -> "stop has an empty text, which is everywhere: stop=" + parameters.stopSequences());
    }

    /**
     * How tokens are chosen. Without a temperature that is the most likely one, unless another parameter shows that
     * the user means to draw: then the temperature is 1.
     */
    static SamplingParameters sampling(LocretChatRequestParameters parameters) {
        check(parameters);
        boolean draws = parameters.topP() != null
                || parameters.topK() != null
                || parameters.minP() != null
                || parameters.seed() != null;
        return new SamplingParameters(
                orElse(parameters.temperature(), draws ? 1 : 0),
                parameters.topK() == null ? 0 : parameters.topK(),
                orElse(parameters.topP(), 1),
                orElse(parameters.minP(), 0),
                orElse(parameters.repetitionPenalty(), 1),
                orElse(parameters.presencePenalty(), 0),
                orElse(parameters.frequencyPenalty(), 0),
                parameters.seed());
    }

    private static double orElse(Double value, double otherwise) {
        return value == null ? otherwise : value;
    }

    private static void inRange(String name, Number value, double min, double max) {
        // Written so that NaN fails.
        Checks.argument(
                value == null || value.doubleValue() >= min && value.doubleValue() <= max,
                () -> name + " out of range: " + name + "=" + value + ", allowed=" + number(min) + ".." + number(max));
    }

    private static String number(double bound) {
        return bound == (long) bound ? Long.toString((long) bound) : Double.toString(bound);
    }
}
