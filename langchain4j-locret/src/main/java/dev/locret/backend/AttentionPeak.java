package dev.locret.backend;

/** What {@link TrainingOperations#attentionPeaks} takes the largest of. */
public enum AttentionPeak {
    /** Logit before the softmax, {@code q · k · scale}. */
    LOGIT,
    /** Logarithm of the probability after the softmax over all entries that the token sees. */
    LOG_PROBABILITY,
    /**
     * Logarithm of what the token's output would change if the entry were evicted, as it arrives in the residual stream:
     * {@code p / (1 - p) · ‖W_O (v - o)‖} with the probability {@code p} that the token gives the entry, its value
     * {@code v} and the output {@code o} of the query head; cut at {@link #FLOOR}.
     */
    EVICTION_ERROR;

    /** Smallest logarithm of an eviction error. */
    public static final float FLOOR = -20;
}
