package dev.locret.engine;

import dev.locret.backend.AttentionSpec.PositionMode;
import dev.locret.backend.Backend;
import dev.locret.backend.KvCacheType;
import dev.locret.cache.BudgetAllocation;
import dev.locret.cache.CachePlan;
import dev.locret.cache.KvCache;
import dev.locret.cache.Retention;
import dev.locret.common.Checks;
import dev.locret.eviction.EvictionPolicies;
import dev.locret.eviction.HeadKind;
import dev.locret.format.ModelConfig;
import dev.locret.model.RotaryEmbedding;

/**
 * Options with every default filled in for a model.
 *
 * @param plan sizes of a session's cache
 * @param ownStabilizers whether the stabilizers were given, else they are an eighth of each budget
 * @param window tokens that attention may span: the model's context, or its sliding window if that is smaller
 * @param policy name of a policy, or {@code auto} if it depends on the prompt
 * @param maxSessions caches held at once
 * @param queueCapacity requests that may wait
 * @param prefixCacheBytes bytes for copies of caches, or -1 if it depends on what there is
 * @param tokenGapMillis longest wait of an answer for another prompt, 0 for a chunk's
 */
record EngineSettings(
        CachePlan plan,
        boolean ownStabilizers,
        int window,
        String policy,
        PositionMode positions,
        RotaryEmbedding.Factors ropeFactors,
        int maxSessions,
        int queueCapacity,
        long prefixCacheBytes,
        int tokenGapMillis) {
    static final String AUTO = "auto";

    private static final int DEFAULT_CHUNK = 512;
    private static final int DEFAULT_RESERVE = 512;
    private static final int DEFAULT_LOCAL = 100;
    private static final int DEFAULT_QUEUE = 64;
    private static final int LARGEST_DEFAULT_BUDGET = 16384;
    private static final int LIMIT = 1 << 24;

    /**
     * Fills in defaults and checks what the model has a say in.
     *
     * @param heads the kind of trained heads that there are, or null
     */
    static EngineSettings resolve(EngineOptions options, ModelConfig config, HeadKind heads, Backend backend) {
        String policy = policy(options.policy(), heads);
        int sessions = Checks.inRange("max-sessions", orDefault(options.maxSessions(), 1), 1, 4096);
        int queue = Checks.inRange("queue-capacity", orDefault(options.queueCapacity(), DEFAULT_QUEUE), 1, LIMIT);
        int window = window(config);
        CachePlan plan = plan(options, policy, window, sessions, config, backend);
        RotaryEmbedding.Factors factors = options.ropeFactors() != null
                ? options.ropeFactors()
                : policy.equals("none") ? RotaryEmbedding.Factors.AUTO : RotaryEmbedding.Factors.LONG;
        long prefixCache = options.prefixCacheBytes();
        Checks.argument(
                prefixCache >= -1, () -> "prefix-cache out of range: prefix-cache=" + prefixCache + ", allowed=0..");
        int gap = Checks.inRange("token-gap", options.tokenGapMillis(), 0, LIMIT);
        return new EngineSettings(
                plan,
                options.stabilizers() != -1,
                window,
                policy,
                options.positions(),
                factors,
                sessions,
                queue,
                prefixCache,
                gap);
    }

    private static String policy(String name, HeadKind heads) {
        if (name.equals(AUTO)) {
            return heads != null ? heads.policy() : AUTO;
        }
        EvictionPolicies.require(name, heads);
        return name;
    }

    /** A cache that never holds more than the sliding window attends like one without a sliding window. */
    private static int window(ModelConfig config) {
        return config.slidingWindow() > 0
                ? Math.min(config.slidingWindow(), config.contextLength())
                : config.contextLength();
    }

    private static CachePlan plan(
            EngineOptions options, String policy, int window, int sessions, ModelConfig config, Backend backend) {
        KvCacheType type = options.kvCacheType();
        type.requireHeadDim(config.headDim());
        int chunk =
                Checks.inRange("chunk-size", orDefault(options.chunkSize(), clip(DEFAULT_CHUNK, window / 4)), 1, LIMIT);
        int local = Checks.inRange(
                "local-tokens", orDefault(options.localTokens(), clip(DEFAULT_LOCAL, window / 8)), 1, LIMIT);
        int reserve =
                Checks.inRange("reserve", orDefault(options.reserve(), clip(DEFAULT_RESERVE, window / 4)), 1, LIMIT);
        int beside = Math.max(chunk, local + reserve);
        BudgetAllocation allocation = options.budgetAllocation();
        int fits = allocation.largestBudget(window - beside);
        int budget = options.cacheBudget();
        if (options.cacheBytes() != 0) {
            CachePlan sizes =
                    new CachePlan(1, chunk, 0, local, reserve, 0, 1, new Retention(0, allocation, false), type);
            budget = Math.min(budgetFor(options, sizes, sessions, config, backend), Math.max(1, fits));
        } else if (budget == 0) {
            budget = Math.max(1, policy.equals("none") ? fits : Math.min(LARGEST_DEFAULT_BUDGET, window / 8));
        }
        int stabilizers = options.stabilizers() == -1 ? stabilizers(Math.max(0, budget)) : options.stabilizers();
        CachePlan plan = new CachePlan(
                budget,
                chunk,
                stabilizers,
                local,
                reserve,
                options.pinnedTokens(),
                options.scorePooling(),
                new Retention(options.recentShare(), allocation, options.valueNorm(), options.mergeEvicted()),
                type);
        Checks.argument(
                options.positions() == PositionMode.ORIGINAL || plan.longest() <= window,
                () -> "cache has more positions than the model's window: cache-budget=" + plan.budget() + " and "
                        + beside + " beside it, window=" + window
                        + (fits > 0
                                ? "; cache-budget=" + fits + " fits"
                                : "; take a smaller chunk-size=" + chunk + " or reserve=" + reserve));
        return plan;
    }

    private static int stabilizers(int budget) {
        return budget / 8;
    }

    /**
     * Sizes for a request: what they would be if its budget had been planned.
     *
     * @param budget entries kept per KV head, at most the planned ones; 0 for those
     */
    CachePlan plan(int budget) {
        if (budget == 0) {
            return plan;
        }
        Checks.inRange("cache-budget", budget, 1, plan.budget());
        return plan.forRequest(budget, ownStabilizers ? plan.stabilizers() : stabilizers(budget));
    }

    /** The largest budget whose caches take at most the bytes asked for. */
    private static int budgetFor(
            EngineOptions options, CachePlan sizes, int sessions, ModelConfig config, Backend backend) {
        long bytes = options.cacheBytes();
        Checks.argument(
                options.cacheBudget() == 0,
                () -> "cache-budget is given twice: cache-budget=" + options.cacheBudget() + ", cache-bytes=" + bytes);
        int low = 0;
        int high = LIMIT;
        while (low < high) {
            int middle = (low + high + 1) >>> 1;
            boolean fits =
                    Math.multiplyExact(sessions, KvCache.bytes(backend, config, sizes.withBudget(middle))) <= bytes;
            low = fits ? middle : low;
            high = fits ? high : middle - 1;
        }
        int budget = low;
        Checks.argument(
                budget >= 1,
                () -> "cache-bytes holds no entry beside chunk and reserve: cache-bytes=" + bytes + ", needed="
                        + Math.multiplyExact(sessions, KvCache.bytes(backend, config, sizes)));
        return budget;
    }

    private static int orDefault(int value, int otherwise) {
        return value == 0 ? otherwise : value;
    }

    private static int clip(int value, int max) {
        return Math.max(1, Math.min(value, max));
    }

    /** Tokens of the largest forward: a chunk of one session, or one token of each. */
    int maxRows() {
        return Math.max(plan.chunkSize(), maxSessions);
    }
}
