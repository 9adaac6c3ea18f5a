package dev.locret.cache;

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
 */
public record CachePlan(
        int budget, int chunkSize, int stabilizers, int localTokens, int reserve, int pinnedTokens, int scorePooling) {
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
        requireBelowBudget("stabilizers", stabilizers, pinnedTokens, budget);
    }

    private static void requireBelowBudget(String name, int value, int pinned, int budget) {
        Checks.argument(
                budget > value + pinned,
                () -> "cache-budget must exceed " + name + (pinned > 0 ? " and pinned-tokens" : "") + ": cache-budget="
                        + budget + ", " + name + "=" + value + (pinned > 0 ? ", pinned-tokens=" + pinned : ""));
    }

    /** A plan without pinned tokens and pooling. */
    public static CachePlan of(int budget, int chunkSize, int stabilizers, int localTokens, int reserve) {
        return new CachePlan(budget, chunkSize, stabilizers, localTokens, reserve, 0, 1);
    }

    /** The same sizes for a request of its own budget. */
    public CachePlan withBudget(int newBudget, int newStabilizers) {
        return new CachePlan(newBudget, chunkSize, newStabilizers, localTokens, reserve, pinnedTokens, scorePooling);
    }

    /** The same sizes for a request that keeps other first tokens. */
    public CachePlan withPinnedTokens(int tokens) {
        return new CachePlan(budget, chunkSize, stabilizers, localTokens, reserve, tokens, scorePooling);
    }

    /** Entries that each KV head has room for: {@code b + max(B, n_loc + reserve)}. */
    public int capacity() {
        return Math.addExact(budget, Math.max(chunkSize, Math.addExact(localTokens, reserve)));
    }

    /** Last entries that an eviction outside prefill keeps: {@code max(n_s, n_loc)}, at most half of the budget. */
    public int recentAfterDecoding() {
        return Math.min(Math.max(stabilizers, localTokens), Math.max(stabilizers, (budget - pinnedTokens) / 2));
    }
}
