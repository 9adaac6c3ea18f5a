package dev.locret.eviction;

import dev.locret.backend.Backend;
import dev.locret.backend.KvSegment;
import dev.locret.backend.KvSlice;
import dev.locret.backend.Matrix;

/**
 * Scores cache entries; what to keep is decided by {@link Evictor} alone, so all policies are compared under the same
 * chunks and budget. A policy either scores a token once, when it is computed, or all entries before an eviction.
 */
public interface EvictionPolicy {
    /** Name on the command line and in metadata. */
    String name();

    /** Whether entries are ever dropped. */
    default boolean evicts() {
        return true;
    }

    /**
     * Scores the new tokens of a segment, whose keys and values were appended.
     *
     * @param qkv {@code [rows of the batch, (heads + 2 · kvHeads) · headDim]}: queries, keys and values before rotary
     *     embedding, after bias and q/k norm
     * @param pooling width of the maximum over neighbouring tokens
     */
    default void scoreNewTokens(Backend backend, int layer, Matrix qkv, KvSegment segment, int pooling) {}

    /** Scores all entries of a layer before an eviction. */
    default void scoreEntries(Backend backend, KvSlice cache) {}
}
