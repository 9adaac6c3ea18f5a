package dev.locret.format;

import java.util.Arrays;

/**
 * Rotary position embedding as a model declares it. Unused numbers are 0 and unused arrays empty.
 *
 * @param kind how frequencies are scaled
 * @param theta base of the frequencies
 * @param dimensions rotated dimensions of each head, at most the head dimension
 * @param factor scaling factor (linear, dynamic, yarn, llama3)
 * @param originalContext trained window before scaling, in tokens
 * @param lowFrequencyFactor llama3: {@code low_freq_factor}
 * @param highFrequencyFactor llama3: {@code high_freq_factor}
 * @param betaFast yarn: {@code beta_fast}
 * @param betaSlow yarn: {@code beta_slow}
 * @param attentionFactor factor on cos and sin where the model states one, else 0 (yarn and longrope then derive it)
 * @param shortFactors longrope: divisor of each frequency inside the original window, {@code [dimensions / 2]}
 * @param longFactors longrope: the same beyond it
 * @param frequencyFactors divisors of each frequency that a GGUF file carries in {@code rope_freqs.weight}; they are
 *     llama3 scaling already worked out and, where present, replace it
 */
public record RopeConfig(
        Kind kind,
        double theta,
        int dimensions,
        double factor,
        int originalContext,
        double lowFrequencyFactor,
        double highFrequencyFactor,
        double betaFast,
        double betaSlow,
        double attentionFactor,
        float[] shortFactors,
        float[] longFactors,
        float[] frequencyFactors) {
    /** Ways to scale rotary frequencies beyond the trained window. */
    public enum Kind {
        NONE,
        LINEAR,
        DYNAMIC,
        YARN,
        LLAMA3,
        LONGROPE
    }

    private static final float[] EMPTY = {};

    /** Unscaled rotary embedding. */
    public static RopeConfig plain(double theta, int dimensions) {
        return new RopeConfig(Kind.NONE, theta, dimensions, 1, 0, 0, 0, 0, 0, 0, EMPTY, EMPTY, EMPTY);
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof RopeConfig that && toString().equals(that.toString());
    }

    @Override
    public int hashCode() {
        return toString().hashCode();
    }

    @Override
    public String toString() {
        return "RopeConfig[kind=" + kind + ", theta=" + theta + ", dimensions=" + dimensions + ", factor=" + factor
                + ", originalContext=" + originalContext + ", lowFrequencyFactor=" + lowFrequencyFactor
                + ", highFrequencyFactor=" + highFrequencyFactor + ", betaFast=" + betaFast + ", betaSlow=" + betaSlow
                + ", attentionFactor=" + attentionFactor + ", shortFactors=" + Arrays.toString(shortFactors)
                + ", longFactors=" + Arrays.toString(longFactors) + ", frequencyFactors="
                + Arrays.toString(frequencyFactors) + "]";
    }
}
