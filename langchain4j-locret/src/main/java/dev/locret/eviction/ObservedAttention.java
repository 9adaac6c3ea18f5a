package dev.locret.eviction;

import dev.locret.backend.AttentionSpec;
import dev.locret.backend.Backend;
import dev.locret.backend.KvSegment;
import dev.locret.backend.Matrix;
import dev.locret.backend.RotaryTable;

/**
 * The attention of a segment's new tokens in one layer, which has just been computed.
 *
 * @param queries {@code [rows of the batch, heads · headDim]} before rotary embedding
 * @param logSums {@code [rows of the batch, heads]}
 */
public record ObservedAttention(
        Backend backend, Matrix queries, AttentionSpec spec, RotaryTable rotary, KvSegment segment, Matrix logSums) {
    /** New tokens. */
    public int tokens() {
        return segment.rows();
    }

    /**
     * Scores every entry by the attention that the last {@code tokens} tokens pay to it, summed over them and over the
     * query heads of the group.
     *
     * @param accumulate whether it is added to what the entry has
     */
    public void score(int tokens, boolean accumulate) {
        backend.scoreByAttention(queries, spec, rotary, segment, tokens, accumulate, logSums);
    }
}
