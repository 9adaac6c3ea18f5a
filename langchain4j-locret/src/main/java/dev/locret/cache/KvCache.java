package dev.locret.cache;

import dev.locret.backend.Backend;
import dev.locret.backend.KvSlice;
import dev.locret.common.Checks;
import dev.locret.common.ErrorId;
import dev.locret.format.ModelConfig;
import java.util.Arrays;
import java.util.List;

/** The cache of one session: a slice a layer, each with a length per KV head. */
public final class KvCache {
    private final KvSlice[] slices;
    private int tokens;
    private int expectedTokens;

    private KvCache(KvSlice[] slices) {
        this.slices = slices;
    }

    /** Allocates room for {@code capacity} entries in every KV head of every layer. */
    public static KvCache allocate(Backend backend, ModelConfig config, int capacity) {
        KvSlice[] slices = new KvSlice[config.layers()];
        for (int layer = 0; layer < slices.length; layer++) {
            slices[layer] = backend.allocateCache("cache." + layer, config.kvHeads(), config.headDim(), capacity);
        }
        return new KvCache(slices);
    }

    /**
     * A cache for running one layer at a time over a whole text, {@link #clear}ed in between: all layers share the
     * entries of one.
     */
    public static KvCache allocateShared(Backend backend, ModelConfig config, int capacity) {
        KvSlice[] slices = new KvSlice[config.layers()];
        Arrays.fill(slices, backend.allocateCache("cache of one layer", config.kvHeads(), config.headDim(), capacity));
        return new KvCache(slices);
    }

    /** Allocates what a plan says of every layer. */
    public static KvCache allocate(Backend backend, ModelConfig config, CachePlan plan) {
        KvSlice[] slices = new KvSlice[config.layers()];
        for (int layer = 0; layer < slices.length; layer++) {
            int capacity = plan.layerBudget(layer, slices.length) + plan.beside();
            slices[layer] = backend.allocateCache(
                    "cache." + layer,
                    config.kvHeads(),
                    config.headDim(),
                    capacity,
                    largest(plan, capacity),
                    plan.type());
        }
        return new KvCache(slices);
    }

    private static int largest(CachePlan plan, int capacity) {
        return plan.retention().allocation() == BudgetAllocation.POOLED ? plan.longest() : capacity;
    }

    /** Bytes that {@link #allocate(Backend, ModelConfig, CachePlan)} takes. */
    public static long bytes(Backend backend, ModelConfig config, CachePlan plan) {
        long bytes = 0;
        for (int layer = 0; layer < config.layers(); layer++) {
            int capacity = plan.layerBudget(layer, config.layers()) + plan.beside();
            long one = backend.cacheBytes(
                    config.kvHeads(), config.headDim(), capacity, largest(plan, capacity), plan.type());
            bytes = Math.addExact(bytes, one);
        }
        return bytes;
    }

    /** Bytes that {@link #allocate(Backend, ModelConfig, int)} takes. */
    public static long bytes(Backend backend, ModelConfig config, int capacity) {
        return Math.multiplyExact(
                (long) config.layers(), backend.cacheBytes(config.kvHeads(), config.headDim(), capacity));
    }

    public int layers() {
        return slices.length;
    }

    public KvSlice layer(int layer) {
        return slices[layer];
    }

    /** All layers. */
    public List<KvSlice> slices() {
        return List.of(slices);
    }

    /** Entries that fit in any KV head while all are equally full. */
    public int capacity() {
        int capacity = Integer.MAX_VALUE;
        for (KvSlice slice : slices) {
            capacity = Math.min(capacity, slice.capacity());
        }
        return capacity;
    }

    /** Tokens that fit in every KV head. */
    public int room() {
        int room = Integer.MAX_VALUE;
        for (KvSlice slice : slices) {
            room = Math.min(room, slice.room());
        }
        return room;
    }

    /** Tokens read and decoded so far; the next token's position in the text. */
    public int tokens() {
        return tokens;
    }

    /** Counts tokens that a forward appended to every layer. */
    public void advance(int count) {
        tokens = Math.addExact(tokens, count);
    }

    /** Says how many tokens the text will have at least, before they are read. */
    public void expect(int textTokens) {
        expectedTokens = textTokens;
    }

    /** Tokens that the text has with {@code next} more, or will have by what is known of it. */
    public int textTokens(int next) {
        return Math.max(expectedTokens, tokens + next);
    }

    /** Entries of the fullest head of any layer. */
    public int longest() {
        int longest = 0;
        for (KvSlice slice : slices) {
            longest = Math.max(longest, slice.longest());
        }
        return longest;
    }

    /** Entries over all layers and heads. */
    public long entries() {
        long entries = 0;
        for (KvSlice slice : slices) {
            entries += slice.entries();
        }
        return entries;
    }

    /** Entries of a KV head on average, rounded up. */
    public int entriesPerHead() {
        long heads = (long) slices.length * slices[0].kvHeads();
        return Math.toIntExact((entries() + heads - 1) / heads);
    }

    /** Fails unless {@code count} more tokens fit. */
    public void requireRoom(int count) {
        Checks.check(
                room() >= count,
                ErrorId.INVALID_PROMPT,
                () -> "cache is full: entries=" + longest() + ", new tokens=" + count + ", capacity=" + capacity());
    }

    /** Forgets everything. */
    public void clear() {
        tokens = 0;
        expectedTokens = 0;
        for (KvSlice slice : slices) {
            slice.clear();
        }
    }
}
