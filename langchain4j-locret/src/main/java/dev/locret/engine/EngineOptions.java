package dev.locret.engine;

import dev.locret.backend.AttentionSpec.PositionMode;
import dev.locret.backend.KvCacheType;
import dev.locret.cache.BudgetAllocation;
import dev.locret.common.Checks;
import dev.locret.model.RotaryEmbedding;
import java.nio.file.Path;

/**
 * What is fixed when a model is loaded. Numbers that are 0 take a default that depends on the model, see the setters.
 * Immutable; made by {@link #builder(Path)}.
 */
public final class EngineOptions {
    private final Builder values;

    private EngineOptions(Builder values) {
        this.values = values;
    }

    /**
     * @param modelPath GGUF file, safetensors file, or a directory with either
     */
    public static Builder builder(Path modelPath) {
        return new Builder(Checks.notNull("model-path", modelPath));
    }

    public Path modelPath() {
        return values.modelPath;
    }

    /** Retaining heads, or null. */
    public Path headsPath() {
        return values.headsPath;
    }

    /** Retaining heads for prompts whose question stands in front of the document, or null. */
    public Path questionAwareHeadsPath() {
        return values.questionAwareHeadsPath;
    }

    /** {@code auto}, {@code cpu}, {@code cuda} or {@code cuda:N}. */
    public String device() {
        return values.device;
    }

    /** {@code auto} or the name of an eviction policy. */
    public String policy() {
        return values.policy;
    }

    public int cacheBudget() {
        return values.cacheBudget;
    }

    /** Bytes for the caches of all sessions, or 0; then they decide the budget instead of {@link #cacheBudget()}. */
    public long cacheBytes() {
        return values.cacheBytes;
    }

    public int chunkSize() {
        return values.chunkSize;
    }

    public int stabilizers() {
        return values.stabilizers;
    }

    public int localTokens() {
        return values.localTokens;
    }

    public int reserve() {
        return values.reserve;
    }

    public int pinnedTokens() {
        return values.pinnedTokens;
    }

    public int scorePooling() {
        return values.scorePooling;
    }

    /** Share of the budget for the last entries, 0 for none. */
    public double recentShare() {
        return values.recentShare;
    }

    /** How budgets are divided among layers and heads. */
    public BudgetAllocation budgetAllocation() {
        return values.budgetAllocation;
    }

    /** Whether scores are combined with the norm of what a value adds to the output. */
    public boolean valueNorm() {
        return values.valueNorm;
    }

    /** Whether values that are dropped are merged into those of the nearest keys that stay. */
    public boolean mergeEvicted() {
        return values.mergeEvicted;
    }

    /** How caches hold keys and values. */
    public KvCacheType kvCacheType() {
        return values.kvCacheType;
    }

    public int threads() {
        return values.threads;
    }

    public int maxSessions() {
        return values.maxSessions;
    }

    public int queueCapacity() {
        return values.queueCapacity;
    }

    /** Bytes for copies of caches, 0 for none, or -1 for the default. */
    public long prefixCacheBytes() {
        return values.prefixCacheBytes;
    }

    /** Directory in which contexts outlive the engine, or null. */
    public Path contextsDirectory() {
        return values.contextsDirectory;
    }

    /** Bytes of all contexts on disk, 0 for no limit. */
    public long contextsDirectoryBytes() {
        return values.contextsDirectoryBytes;
    }

    /** Longest time between two tokens of an answer that a prompt of another request may cause, 0 for a chunk's. */
    public int tokenGapMillis() {
        return values.tokenGapMillis;
    }

    public PositionMode positions() {
        return values.positions;
    }

    /** Longrope's factors; null takes the long ones whenever eviction may happen, else as Hugging Face. */
    public RotaryEmbedding.Factors ropeFactors() {
        return values.ropeFactors;
    }

    /** Setters of {@link EngineOptions}. */
    public static final class Builder implements Cloneable {
        private final Path modelPath;
        private Path headsPath;
        private Path questionAwareHeadsPath;
        private String device = "auto";
        private String policy = "auto";
        private int cacheBudget;
        private long cacheBytes;
        private int chunkSize;
        private int stabilizers = -1;
        private int localTokens;
        private int reserve;
        private int pinnedTokens;
        private int scorePooling = 1;
        private double recentShare;
        private boolean valueNorm;
        private boolean mergeEvicted;
        private BudgetAllocation budgetAllocation = BudgetAllocation.UNIFORM;
        private KvCacheType kvCacheType = KvCacheType.F32;
        private int threads;
        private int maxSessions;
        private int queueCapacity;
        private long prefixCacheBytes = -1;
        private int tokenGapMillis = 200;
        private Path contextsDirectory;
        private long contextsDirectoryBytes = 10L << 30;
        private PositionMode positions = PositionMode.CACHE;
        private RotaryEmbedding.Factors ropeFactors;

        private Builder(Path modelPath) {
            this.modelPath = modelPath;
        }

        public Builder headsPath(Path headsPath) {
            this.headsPath = headsPath;
            return this;
        }

        /**
         * Retaining heads that were trained with the question in front of the document; they take the place of the others
         * for prompts that are read so. Without them such prompts are read with the others.
         */
        public Builder questionAwareHeadsPath(Path questionAwareHeadsPath) {
            this.questionAwareHeadsPath = questionAwareHeadsPath;
            return this;
        }

        public Builder device(String device) {
            this.device = Checks.notNull("device", device);
            return this;
        }

        /**
         * {@code auto} (default): Locret with heads; without, full attention while the text fits the cache, KeyDiff from
         * there on, with a warning. Else one of {@link dev.locret.eviction.EvictionPolicies#names()}.
         */
        public Builder policy(String policy) {
            this.policy = Checks.notNull("policy", policy);
            return this;
        }

        /**
         * Entries kept per KV head. Default: an eighth of the model's window, at most 16384; for policy {@code none} so
         * many that the cache holds the window.
         */
        public Builder cacheBudget(int cacheBudget) {
            this.cacheBudget = cacheBudget;
            return this;
        }

        /** The largest budget with which the caches of all sessions take at most so many bytes. */
        public Builder cacheBytes(long cacheBytes) {
            this.cacheBytes = cacheBytes;
            return this;
        }

        /** As {@link #cacheBudget(int)} for {@code 1024}, as {@link #cacheBytes(long)} for {@code 2GB} or {@code 512MiB}. */
        public Builder cacheBudget(String size) {
            CacheSize parsed = CacheSize.parse(size);
            this.cacheBudget = parsed.entries();
            this.cacheBytes = parsed.bytes();
            return this;
        }

        /** Tokens read at a time; default 512, at most a quarter of the model's window. */
        public Builder chunkSize(int chunkSize) {
            this.chunkSize = chunkSize;
            return this;
        }

        /** Last entries that stay after each chunk but the final one; -1 takes the default, an eighth of the budget. */
        public Builder stabilizers(int stabilizers) {
            this.stabilizers = stabilizers;
            return this;
        }

        /** Last tokens of a prompt, read after the final eviction; default 100, at most an eighth of the window. */
        public Builder localTokens(int localTokens) {
            this.localTokens = localTokens;
            return this;
        }

        /** Tokens decoded before the cache is evicted back to the budget; default 512, at most a quarter of the window. */
        public Builder reserve(int reserve) {
            this.reserve = reserve;
            return this;
        }

        /** First tokens of a prompt that every eviction keeps; default 0. */
        public Builder pinnedTokens(int pinnedTokens) {
            this.pinnedTokens = pinnedTokens;
            return this;
        }

        /** Odd width of the maximum over neighbouring tokens' scores; default 1. */
        public Builder scorePooling(int scorePooling) {
            this.scorePooling = scorePooling;
            return this;
        }

        /**
         * Share of the budget for the last entries, which then survive every eviction, that after the final chunk too;
         * default 0. Scores alone forget the text just before the local tokens, which a continuation needs.
         */
        public Builder recentShare(double recentShare) {
            this.recentShare = recentShare;
            return this;
        }

        /** How the entries of all heads are divided among them, as many in each way; default {@code UNIFORM}. */
        public Builder budgetAllocation(BudgetAllocation budgetAllocation) {
            this.budgetAllocation = Checks.notNull("budget-allocation", budgetAllocation);
            return this;
        }

        /** As above by name: {@code uniform}, {@code pooled} or {@code pyramid}. */
        public Builder budgetAllocation(String name) {
            return budgetAllocation(BudgetAllocation.of(Checks.notNull("budget-allocation", name)));
        }

        /**
         * Whether scores are combined with the norm of what an entry's value adds to the output, {@code ‖W_O v‖}; default
         * false.
         */
        public Builder valueNorm(boolean valueNorm) {
            this.valueNorm = valueNorm;
            return this;
        }

        /**
         * Whether the values of entries that are dropped are merged into those of the nearest keys that stay; default
         * false.
         */
        public Builder mergeEvicted(boolean mergeEvicted) {
            this.mergeEvicted = mergeEvicted;
            return this;
        }

        /**
         * How caches hold keys and values; default {@code F32}. Smaller types save memory and cost accuracy; {@code Q8_0}
         * and {@code Q4_0} need a head dimension that is a multiple of 32.
         */
        public Builder kvCacheType(KvCacheType kvCacheType) {
            this.kvCacheType = Checks.notNull("kv-cache-type", kvCacheType);
            return this;
        }

        /** As above by name: {@code f32}, {@code f16}, {@code q8_0} or {@code q4_0}. */
        public Builder kvCacheType(String name) {
            return kvCacheType(KvCacheType.of(Checks.notNull("kv-cache-type", name)));
        }

        /** Threads that compute; default {@code availableProcessors()}. */
        public Builder threads(int threads) {
            this.threads = threads;
            return this;
        }

        /** Caches held at once; default 1. */
        public Builder maxSessions(int maxSessions) {
            this.maxSessions = maxSessions;
            return this;
        }

        /** Requests that may wait; default 64. */
        public Builder queueCapacity(int queueCapacity) {
            this.queueCapacity = queueCapacity;
            return this;
        }

        /**
         * Bytes of memory for what prompts have in common: a prompt that begins with what was read before goes on from
         * there, with the same answer. Also holds named contexts. 0 switches it off. Default: room for six caches at
         * their budget, at most a quarter of what the rest leaves.
         */
        public Builder prefixCacheBytes(long prefixCacheBytes) {
            this.prefixCacheBytes = prefixCacheBytes;
            return this;
        }

        /**
         * Where contexts are saved, so that they outlive the engine; null (default) for nowhere. Several processes with
         * the same model and settings may share it. Loading then hashes the weights.
         */
        public Builder contextsDirectory(Path contextsDirectory) {
            this.contextsDirectory = contextsDirectory;
            return this;
        }

        /** Bytes of all contexts on disk, beyond which the oldest are removed; default 10 GiB, 0 for no limit. */
        public Builder contextsDirectoryBytes(long contextsDirectoryBytes) {
            this.contextsDirectoryBytes = contextsDirectoryBytes;
            return this;
        }

        /**
         * How long an answer under way may wait for its next token while another prompt is read, in milliseconds;
         * default 200. It is kept to a layer of a chunk and one decode step; reading always gets half of the time. 0
         * lets answers wait for whole chunks.
         */
        public Builder tokenGapMillis(int tokenGapMillis) {
            this.tokenGapMillis = tokenGapMillis;
            return this;
        }

        /** What rotary positions count; default {@code CACHE}, with which a text may be longer than the window. */
        public Builder positions(PositionMode positions) {
            this.positions = Checks.notNull("positions", positions);
            return this;
        }

        /** Longrope's factors; null takes the long ones whenever eviction may happen, else as Hugging Face. */
        public Builder ropeFactors(RotaryEmbedding.Factors ropeFactors) {
            this.ropeFactors = ropeFactors;
            return this;
        }

        /** As above by name: {@code long} or {@code auto}. */
        public Builder ropeFactors(String name) {
            return ropeFactors(RotaryEmbedding.Factors.of(name));
        }

        public EngineOptions build() {
            try {
                return new EngineOptions((Builder) clone());
            } catch (CloneNotSupportedException e) {
                throw new AssertionError(e);
            }
        }
    }
}
