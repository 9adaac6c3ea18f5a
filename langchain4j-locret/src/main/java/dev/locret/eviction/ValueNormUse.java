package dev.locret.eviction;

/** How the option "value norm" enters a policy's scores: {@code ‖W_O v‖} is what an entry can add to the output. */
public enum ValueNormUse {
    /** Not at all: the scores say nothing of how much an entry matters. */
    NONE,
    /** For scores that are logarithms, or bounded: the logarithm is added. */
    ADD_LOGARITHM,
    /** For probabilities. */
    MULTIPLY
}
