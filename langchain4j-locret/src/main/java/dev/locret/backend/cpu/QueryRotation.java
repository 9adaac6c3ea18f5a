package dev.locret.backend.cpu;

import dev.locret.backend.AttentionSpec;
import dev.locret.backend.AttentionSpec.PositionMode;
import dev.locret.backend.KvSegment;
import dev.locret.backend.Matrix;

/** Rotates and scales the queries of a token, for all query heads that share a KV head. */
record QueryRotation(AttentionSpec spec) {
    /**
     * @param token row of the segment
     * @param out {@code [groupSize, headDim]} from {@code to}
     */
    void rotate(Matrix queries, CpuRotary rotary, KvSegment segment, int head, int token, float[] out, int to) {
        int before = segment.cache().length(head) - segment.rows();
        int position = (spec.positions() == PositionMode.CACHE ? before : segment.firstPosition()) + token;
        long row = queries.offset() + (long) (segment.firstRow() + token) * queries.stride();
        for (int g = 0; g < spec.groupSize(); g++) {
            rotary.rotateRow(
                    CpuBuffer.floats(queries.buffer()),
                    Math.toIntExact(row + (long) (head * spec.groupSize() + g) * spec.headDim()),
                    spec.headDim(),
                    position,
                    spec.scale(),
                    out,
                    to + g * spec.headDim());
        }
    }
}
