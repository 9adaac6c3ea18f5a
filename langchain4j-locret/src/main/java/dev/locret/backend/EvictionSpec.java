package dev.locret.backend;

/**
 * What to keep of one layer: per KV head the best-scored entries, in order of position; among equal scores the later
 * entry stays.
 *
 * @param budgets entries that each KV head may keep, forced ones included, {@code [kvHeads]}
 * @param pinnedTokens entries of positions below this always stay
 * @param recent the last entries that always stay
 */
public record EvictionSpec(int[] budgets, int pinnedTokens, int recent) {}
