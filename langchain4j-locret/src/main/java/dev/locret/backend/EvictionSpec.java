package dev.locret.backend;

import java.util.List;

/**
 * What to keep of one layer: per KV head the best-scored entries, in order of position. Which of several equal scores
 * stays is left to the backend, but the same scores give the same choice.
 *
 * @param budgets entries that each KV head may keep, forced ones included, {@code [kvHeads]}
 * @param pinnedTokens entries of positions below this always stay
 * @param recent the last entries that always stay
 * @param sharing how heads share the sum of their budgets, or null if each keeps its own
 * @param pooling odd width of the maximum taken over neighbouring entries' scores, 1 for none
 * @param valueNorm how scores are combined with the norms of values, or null if they are not
 * @param agesFrom 0, or the position that ages are counted to: then what is stored of an entry is the logit {@code x} of
 *     a decay, and its score {@code log sigmoid(x) · (agesFrom - position)}
 * @param merge whether values that are dropped are merged into the nearest ones that stay
 */
public record EvictionSpec(
        int[] budgets,
        int pinnedTokens,
        int recent,
        Sharing sharing,
        int pooling,
        ValueNorm valueNorm,
        int agesFrom,
        boolean merge) {
    /**
     * The best entries of all heads stay, as many as all budgets together.
     *
     * @param least entries that each head keeps at least, if it has them
     * @param most entries that no head keeps more than; together at least the sum of the budgets
     */
    public record Sharing(int least, int most) {}

    /**
     * A norm {@code ‖W v‖² = vᵀ (Wᵀ W) v} of each entry's value.
     *
     * @param grams {@code Wᵀ W} of each KV head, {@code [headDim, headDim]} each, floats
     * @param logarithm whether the norm's logarithm is added to the score; else the score is multiplied by the norm
     */
    public record ValueNorm(List<DeviceWeight> grams, boolean logarithm) {}

    /** Each head keeps its own budget, by the scores as they are. */
    public EvictionSpec(int[] budgets, int pinnedTokens, int recent) {
        this(budgets, pinnedTokens, recent, null, 1, null, 0, false);
    }
}
