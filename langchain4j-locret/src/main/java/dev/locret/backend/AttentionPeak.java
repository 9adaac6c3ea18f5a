package dev.locret.backend;

/** What {@link TrainingOperations#attentionPeaks} takes the largest of. */
public enum AttentionPeak {
    /** Logit before the softmax, {@code q · k · scale}. */
    LOGIT,
    /** Logarithm of the probability after the softmax over all entries that the token sees. */
    LOG_PROBABILITY
}
