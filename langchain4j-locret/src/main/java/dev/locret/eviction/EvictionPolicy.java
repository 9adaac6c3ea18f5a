package dev.locret.eviction;

import dev.locret.backend.Backend;
import dev.locret.backend.KvSegment;
import dev.locret.backend.KvSlice;
import dev.locret.backend.Matrix;
import java.util.Set;

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

    /**
     * Scores the new tokens of a segment, whose keys and values were appended, if it asked for {@link
     * Signal#ATTENTION_INPUT}.
     *
     * @param input {@code [rows of the batch, hiddenSize]}: what queries, keys and values are projected from
     * @param pooling width of the maximum over neighbouring tokens
     */
    default void scoreByInput(Backend backend, int layer, Matrix input, KvSegment segment, int pooling) {}

    /** What it needs of a forward. */
    default Set<Signal> signals() {
        return Set.of();
    }

    /** Scores entries after a layer's attention, if it asked for {@link Signal#ATTENTION}. */
    default void scoreByAttention(ObservedAttention attention) {}

    /**
     * Scores the new tokens of a segment in one layer, after the last layer, if it asked for {@link Signal#SURPRISE}.
     *
     * @param surprise {@code [rows of the batch, kvHeads]}: minus the logarithm of each token's probability in every column
     * @param pooling width of the maximum over neighbouring tokens
     */
    default void scoreBySurprise(Backend backend, Matrix surprise, KvSegment segment, int pooling) {}

    /** Scores all entries of a layer before an eviction. */
    default void scoreEntries(Backend backend, int layer, KvSlice cache) {}

    /**
     * Width of the maximum over neighbouring entries that an eviction takes, for policies that do not pool when they
     * score.
     *
     * @param pooling width that the user asked for
     */
    default int poolingAtEviction(int pooling) {
        return 1;
    }

    /**
     * Whether what it stores of an entry is the logit of a decay, and an entry's score that decay to the power of its age.
     */
    default boolean decays() {
        return false;
    }

    /** How scores are combined with the norm of what a value adds to the output, if the user asked for that. */
    default ValueNormUse valueNormUse() {
        return ValueNormUse.NONE;
    }
}
