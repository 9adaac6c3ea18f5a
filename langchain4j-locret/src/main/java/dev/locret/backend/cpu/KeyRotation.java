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
     * @param out {@code [panels][headDim][width]} from {@code to}
     */
    void rotate(KvSlice cache, CpuRotary rotary, int head, int begin, int end, float[] out, int to) {
        CacheLayout layout = CacheLayout.of(cache, width);
        float[] keys = CpuBuffer.floats(cache.keys());
        for (int entry = begin; entry < end; entry += width) {
            int target = to + (entry - begin) * spec.headDim();
            if (spec.positions() == PositionMode.CACHE) {
                kernels.rotate(
                        keys,
                        layout.key(head, entry),
                        spec.headDim(),
                        rotary.dimensions(),
                        rotary.cosines(),
                        rotary.sines(),
                        rotary.panel(entry),
                        out,
                        target);
            } else {
                rotateByText(cache, layout, rotary, head, entry, out, target);
            }
        }
    }

    private void rotateByText(
            KvSlice cache, CacheLayout layout, CpuRotary rotary, int head, int entry, float[] out, int to) {
        float[] keys = CpuBuffer.floats(cache.keys());
        int[] positions = CpuBuffer.ints(cache.positions());
        for (int lane = 0; lane < width && entry + lane < cache.length(head); lane++) {
            int position = positions[cache.first(head) + entry + lane];
            int from = layout.key(head, entry + lane);
            rotary.rotateLane(keys, from, spec.headDim(), width, position, out, to + lane);
        }
    }
}
