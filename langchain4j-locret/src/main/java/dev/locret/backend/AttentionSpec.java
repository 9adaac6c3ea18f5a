package dev.locret.backend;

/**
 * What stays the same in every attention of a model.
 *
 * @param heads query heads
 * @param kvHeads KV heads; {@code heads / kvHeads} queries share one
 * @param headDim dimension of a head
 * @param scale factor on the logits, {@code 1 / sqrt(headDim)} in all models here
 * @param positions what rotary positions count
 */
public record AttentionSpec(int heads, int kvHeads, int headDim, float scale, PositionMode positions) {
    public int groupSize() {
        return heads / kvHeads;
    }

    /** Rotary positions of cached entries. */
    public enum PositionMode {
        /** Index in the cache of the head: the text may be longer than the trained window. */
        CACHE,
        /** Position in the text, which must stay inside the trained window. */
        ORIGINAL
    }
}
