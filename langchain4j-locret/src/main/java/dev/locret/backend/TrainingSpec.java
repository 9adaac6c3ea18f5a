package dev.locret.backend;

/**
 * Sizes of what {@link TrainingOperations} work on, for their scratch.
 *
 * @param attention attention of the model
 * @param maxTokens tokens of the longest text
 * @param maxInputs columns of the widest weight that is trained
 */
public record TrainingSpec(AttentionSpec attention, int maxTokens, int maxInputs) {}
