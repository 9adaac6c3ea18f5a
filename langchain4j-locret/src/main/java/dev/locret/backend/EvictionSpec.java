package dev.locret.backend;

/**
 * What to keep of one layer: per KV head the best-scored entries, in order of position. Which of several equal scores
 * stays is left to the backend, but the same scores give the same choice.
 *
 * @param budgets entries that each KV head may keep, forced ones included, {@code [kvHeads]}
 * @param pinnedTokens entries of positions below this always stay
 * @param recent the last entries that always stay
 */
public record EvictionSpec(int[] budgets, int pinnedTokens, int recent) {}
