package dev.locret.engine;

import java.time.Duration;

/**
 * A text to read once for many questions.
 *
 * @param name name of the context, at most 200 characters without control characters
 * @param tokens token ids of the text, at least one: what the prompts of questions go on after
 * @param policy eviction policy, or null for the engine's
 * @param cacheBudget entries kept per KV head, at most the planned ones; 0 for those
 * @param timeout time from submission until it is read, or null for none
 * @param priority as that of a {@link GenerationRequest}
 */
public record ContextRequest(
        String name, int[] tokens, String policy, int cacheBudget, Duration timeout, int priority) {
    /** A text read with the planned budget. */
    public ContextRequest(String name, int[] tokens, String policy, Duration timeout, int priority) {
        this(name, tokens, policy, 0, timeout, priority);
    }

    /** A text read by the engine's policy with the planned budget, without a limit of time. */
    public ContextRequest(String name, int[] tokens) {
        this(name, tokens, null, 0, null, 0);
    }
}
