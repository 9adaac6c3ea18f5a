package dev.locret.cache;

import dev.locret.backend.KvCacheType;
import dev.locret.common.Checks;

/**
 * Sizes of a session's cache, in entries of each KV head; fixed at load (paper, section 3.3).
 *
 * @param budget entries kept after an eviction ({@code b})
 * @param chunkSize tokens read at a time ({@code B})
 * @param stabilizers last entries that an eviction between chunks keeps whatever their score ({@code n_s})
 * @param localTokens last tokens of a prompt, read after the last eviction ({@code n_loc})
 * @param reserve tokens that may be decoded before the cache is evicted back to the budget
 * @param pinnedTokens first tokens of the text that every eviction keeps
 * @param scorePooling odd width of the maximum over neighbouring tokens' scores, 1 for none
 * @param retention how the budget is spent
 * @param type how keys and values are held
 */
public record CachePlan(
        int budget,
        int chunkSize,
        int stabilizers,
        int localTokens,
        int reserve,
        int pinnedTokens,
        int scorePooling,
        Retention retention,
        KvCacheType type) {
    private static final int LIMIT = 1 << 24;

    public CachePlan {
        Checks.inRange("cache-budget", budget, 1, LIMIT);
        Checks.inRange("chunk-size", chunkSize, 1, LIMIT);
        Checks.inRange("stabilizers", stabilizers, 0, LIMIT);
        Checks.inRange("local-tokens", localTokens, 1, LIMIT);
        Checks.inRange("reserve", reserve, 1, LIMIT);
        Checks.inRange("pinned-tokens", pinnedTokens, 0, LIMIT);
        Checks.inRange("score-pooling", scorePooling, 1, 99);
        Checks.argument(scorePooling % 2 == 1, () -> "score-pooling must be odd: score-pooling=" + scorePooling);
        // What a pyramid leaves to the last layer decides.
        int least = retention.allocation().least(budget);
        requireBelowBudget("stabilizers", stabilizers, pinnedTokens, budget, least);
        requireBelowBudget("recent-share's entries", retention.recent(least), pinnedTokens, budget, least);
    }

    /** A plan for a cache of floats. */
    public CachePlan(
            int budget,
            int chunkSize,
            int stabilizers,
            int localTokens,
            int reserve,
            int pinnedTokens,
            int scorePooling,
            Retention retention) {
        this(
                budget,
                chunkSize,
                stabilizers,
                localTokens,
                reserve,
                pinnedTokens,
                scorePooling,
                retention,
                KvCacheType.F32);
    }

    /** A plan that spends its budget as the paper does. */
    public CachePlan(
            int budget,
            int chunkSize,
            int stabilizers,
            int localTokens,
            int reserve,
            int pinnedTokens,
            int scorePooling) {
        this(budget, chunkSize, stabilizers, localTokens, reserve, pinnedTokens, scorePooling, Retention.PAPER);
    }

    private static void requireBelowBudget(String name, int value, int pinned, int budget, int least) {
        Checks.argument(
                least > value + pinned,
                () -> "cache-budget must exceed " + name + (pinned > 0 ? " and pinned-tokens" : "") + ": cache-budget="
                        + budget + (least < budget ? ", in the last layer " + least : "") + ", " + name + "=" + value
                        + (pinned > 0 ? ", pinned-tokens=" + pinned : ""));
    }

    /** A plan without pinned tokens and pooling. */
    public static CachePlan of(int budget, int chunkSize, int stabilizers, int localTokens, int reserve) {
        return new CachePlan(budget, chunkSize, stabilizers, localTokens, reserve, 0, 1);
    }

    /** The same sizes for a request of its own budget. */
    public CachePlan forRequest(int newBudget, int newStabilizers) {
        return new CachePlan(
                newBudget,
                chunkSize,
                newStabilizers,
                localTokens,
                reserve,
                pinnedTokens,
                scorePooling,
                retention,
                type);
    }

    /** The same sizes for a request that keeps other first tokens. */
    public CachePlan withPinnedTokens(int tokens) {
        return new CachePlan(
                budget, chunkSize, stabilizers, localTokens, reserve, tokens, scorePooling, retention, type);
    }

    /** First tokens that can be kept beside all else that must stay, at most a quarter of the budget. */
    public int pinnable() {
        int least = retention.allocation().least(budget);
        int others = Math.max(stabilizers, retention.recent(least));
        return Math.max(0, Math.min(budget / 4, least - others - 1));
    }

    /** The same with another budget, and nothing that stays whatever its score: for the sizes alone. */
    public CachePlan withBudget(int entries) {
        Retention sized = new Retention(0, retention.allocation(), retention.valueNorm());
        return new CachePlan(entries, chunkSize, 0, localTokens, reserve, 0, 1, sized, type);
    }

    /** The same with another chunk. */
    public CachePlan withChunkSize(int tokens) {
        return new CachePlan(
                budget, tokens, stabilizers, localTokens, reserve, pinnedTokens, scorePooling, retention, type);
    }

    /** Entries that each KV head has room for beside its budget: {@code max(B, n_loc + reserve)}. */
    public int beside() {
        return Math.max(chunkSize, Math.addExact(localTokens, reserve));
    }

    /** Entries that any KV head has room for: {@code b + max(B, n_loc + reserve)}, with a pyramid the last layer's. */
    public int capacity() {
        return Math.addExact(retention.allocation().least(budget), beside());
    }

    /** Most entries that a KV head ever holds. */
    public int longest() {
        return Math.addExact(retention.allocation().most(budget), beside());
    }

    /** Entries that each KV head of a layer keeps, or on average where heads share. */
    public int layerBudget(int layer, int layers) {
        return retention.allocation().ofLayer(budget, layer, layers);
    }

    /**
     * Last entries that an eviction after a chunk keeps: the stabilizers, after the final chunk none, or the recent share.
     *
     * @param layerBudget budget of the layer at hand
     */
    public int recentAfterChunk(boolean finalChunk, int layerBudget) {
        return Math.max(finalChunk ? 0 : stabilizers, retention.recent(layerBudget));
    }

    /**
     * Last entries that an eviction outside prefill keeps: {@code max(n_s, n_loc)}, at most half of the budget, or the recent
     * share.
     *
     * @param layerBudget budget of the layer at hand
     */
    public int recentAfterDecoding(int layerBudget) {
        int half = (layerBudget - pinnedTokens) / 2;
        int last = Math.min(Math.max(stabilizers, localTokens), Math.max(stabilizers, half));
        return Math.max(last, retention.recent(layerBudget));
    }
}
