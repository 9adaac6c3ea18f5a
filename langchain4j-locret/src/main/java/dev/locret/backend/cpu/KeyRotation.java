package dev.locret.backend.cpu;

import dev.locret.backend.AttentionSpec;
import dev.locret.backend.AttentionSpec.PositionMode;
import dev.locret.backend.KvSlice;

/** Rotates cached keys, panel by panel, by their place in the cache or by their place in the text. */
final class KeyRotation {
    private final Kernels kernels;
    private final AttentionSpec spec;
    private final int width;

    KeyRotation(Kernels kernels, AttentionSpec spec) {
        this.kernels = kernels;
        this.spec = spec;
        this.width = kernels.width();
    }

    /**
     * Writes the panels of entries {@code [begin, end)} of a head, one after the other.
     *
     * @param begin a multiple of the kernels' width
     * @param reader that of the calling thread
     * @param out {@code [panels][headDim][width]} from {@code to}
     */
    void rotate(
            KvSlice cache, CpuRotary rotary, int head, int begin, int end, CacheReader reader, float[] out, int to) {
        for (int entry = begin; entry < end; entry += width) {
            reader.keys(cache, head, entry);
            int target = to + (entry - begin) * spec.headDim();
            if (spec.positions() == PositionMode.CACHE) {
                kernels.rotate(
                        reader.floats(),
                        reader.offset(),
                        spec.headDim(),
                        rotary.dimensions(),
                        rotary.cosines(),
                        rotary.sines(),
                        rotary.panel(entry),
                        out,
                        target);
            } else {
                rotateByText(cache, rotary, head, entry, reader, out, target);
            }
        }
    }

    private void rotateByText(
            KvSlice cache, CpuRotary rotary, int head, int entry, CacheReader reader, float[] out, int to) {
        int[] positions = CpuBuffer.ints(cache.positions());
        for (int lane = 0; lane < width && entry + lane < cache.length(head); lane++) {
            int position = positions[cache.first(head) + entry + lane];
            int from = reader.offset() + lane;
            rotary.rotateLane(reader.floats(), from, spec.headDim(), width, position, out, to + lane);
        }
    }
}
