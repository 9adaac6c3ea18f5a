package dev.locret.eval;

import dev.locret.engine.EngineOptions;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;

/**
 * Settings of a cache that can be tried.
 *
 * @param policy eviction policy
 * @param budget entries kept per KV head
 * @param chunkSize tokens read at a time
 * @param allocation how budgets are divided: uniform, pooled or pyramid
 * @param pinnedTokens first tokens that are always kept
 * @param recentShare share of the budget for the last entries
 * @param scorePooling odd width of the maximum over neighbouring scores
 * @param cacheType how keys and values are held: f32, f16, q8_0 or q4_0
 */
public record Candidate(
        String policy,
        int budget,
        int chunkSize,
        String allocation,
        int pinnedTokens,
        double recentShare,
        int scorePooling,
        String cacheType) {

    /** The same settings under another policy. */
    Candidate withPolicy(String other) {
        return new Candidate(other, budget, chunkSize, allocation, pinnedTokens, recentShare, scorePooling, cacheType);
    }

    /** Puts the settings in place. */
    public EngineOptions.Builder applyTo(EngineOptions.Builder options) {
        return options.policy(policy)
                .cacheBudget(budget)
                .chunkSize(chunkSize)
                .budgetAllocation(allocation)
                .pinnedTokens(pinnedTokens)
                .recentShare(recentShare)
                .scorePooling(scorePooling)
                .kvCacheType(cacheType);
    }

    /** The settings by the names that properties of the Spring Boot starter have, without their prefix. */
    public Map<String, String> properties() {
        Map<String, String> properties = new LinkedHashMap<>();
        properties.put("policy", policy);
        properties.put("cache-budget", String.valueOf(budget));
        properties.put("chunk-size", String.valueOf(chunkSize));
        properties.put("budget-allocation", allocation);
        properties.put("pinned-tokens", String.valueOf(pinnedTokens));
        properties.put("recent-share", String.valueOf(recentShare));
        properties.put("score-pooling", String.valueOf(scorePooling));
        properties.put("kv-cache-type", cacheType);
        return properties;
    }

    /** A name that can be a file's, a different one for each candidate. */
    String name() {
        return String.format(
                Locale.ROOT,
                "%s-%d-chunk-%d-%s-pinned-%d-recent-%s-pooling-%d-%s",
                policy,
                budget,
                chunkSize,
                allocation,
                pinnedTokens,
                recentShare,
                scorePooling,
                cacheType);
    }

    /** What differs from an engine's defaults, for a reader. */
    String describe() {
        return policy + ", budget " + budget + ", chunks of " + chunkSize
                + (allocation.equals("uniform") ? "" : ", " + allocation)
                + (pinnedTokens == 0 ? "" : ", " + pinnedTokens + " pinned")
                + (recentShare == 0 ? "" : ", recent share " + recentShare)
                + (scorePooling == 1 ? "" : ", pooling over " + scorePooling)
                + (cacheType.equals("f32") ? "" : ", " + cacheType);
    }
}
