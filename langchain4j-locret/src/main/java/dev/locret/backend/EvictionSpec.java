package dev.locret.backend;

/**
 * What to keep of one layer: per KV head the best-scored entries, in order of position. Which of several equal scores
 * stays is left to the backend, but the same scores give the same choice.
 *
 * @param budgets entries that each KV head may keep, forced ones included, {@code [kvHeads]}
 * @param pinnedTokens entries of positions below this always stay
 * @param recent the last entries that always stay
 * @param sharing how heads share the sum of their budgets, or null if each keeps its own
 */
public record EvictionSpec(int[] budgets, int pinnedTokens, int recent, Sharing sharing) {
    /**
     * The best entries of all heads stay, as many as all budgets together.
     *
     * @param least entries that each head keeps at least, if it has them
     * @param most entries that no head keeps more than; together at least the sum of the budgets
     */
    public record Sharing(int least, int most) {}

    /** Each head keeps its own budget. */
    public EvictionSpec(int[] budgets, int pinnedTokens, int recent) {
        this(budgets, pinnedTokens, recent, null);
    }
}
