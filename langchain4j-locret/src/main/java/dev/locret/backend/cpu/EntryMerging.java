package dev.locret.backend.cpu;

import dev.locret.backend.KvSlice;
import java.util.Arrays;

/**
 * Merges the values of entries that an eviction is about to drop into those that stay, after Wan et al., <em>D2O</em>
 * (arXiv 2406.13035): each goes to the entry whose key is nearest by cosine, if it is at least as near as they are on
 * average, with {@code exp(cosine)} as its weight against {@code e} of the one that stays. Keys stay as they are.
 * Scratch of one thread.
 */
final class EntryMerging {
    /** Keys that are compared at once. */
    private static final int ROWS = 60;

    private static final float OWN_WEIGHT = (float) Math.E;

    private final Kernels kernels;
    private final CacheReader reader;
    private final int width;
    private final int dim;
    private final float[] rows;
    private final float[] products;
    private final float[] inverseNorms;
    /** Of a dropped entry the largest cosine, and the entry that stays and has it; of one that stays -1. */
    private final float[] cosines;

    private final int[] nearest;
    /** Of an entry that stays the first dropped one that goes there, of a dropped one the next, -1 at the end. */
    private final int[] chain;

    private final float[] sum;

    EntryMerging(Kernels kernels, CacheReader reader, int maxEntries, int headDim) {
        this.kernels = kernels;
        this.reader = reader;
        this.width = kernels.width();
        this.dim = headDim;
        this.rows = new float[ROWS * headDim];
        this.products = new float[ROWS * width];
        this.inverseNorms = new float[maxEntries];
        this.cosines = new float[maxEntries];
        this.nearest = new int[maxEntries];
        this.chain = new int[maxEntries];
        this.sum = new float[headDim];
    }

    /** Bytes that the constructor allocates. */
    static long bytes(int maxEntries, int headDim, int width) {
        return 4L * ((ROWS + 1L) * headDim + (long) ROWS * width + 4L * maxEntries);
    }

    /**
     * Merges what a head does not keep.
     *
     * @param kept entries that stay, ascending
     * @param count how many
     */
    void merge(KvSlice cache, int head, int[] kept, int count) {
        int length = cache.length(head);
        if (count == 0 || count == length) {
            return;
        }
        Arrays.fill(nearest, 0, length, kept[0]);
        for (int i = 0; i < count; i++) {
            nearest[kept[i]] = -1;
        }
        norms(cache, head);
        for (int entry = 0; entry < length; ) {
            entry = compare(cache, head, entry);
        }
        double total = 0;
        for (int entry = 0; entry < length; entry++) {
            total += nearest[entry] < 0 ? 0 : cosines[entry];
        }
        link(length, (float) (total / (length - count)));
        CacheRows target = CacheRows.of(cache, width);
        for (int i = 0; i < count; i++) {
            if (chain[kept[i]] >= 0) {
                average(cache, head, kept[i]);
                target.putValue(sum, 0, head, kept[i]);
            }
        }
    }

    private void norms(KvSlice cache, int head) {
        for (int entry = 0; entry < cache.length(head); entry++) {
            int at = key(cache, head, entry);
            float[] keys = reader.floats();
            float square = 0;
            for (int j = 0; j < dim; j++) {
                square = Math.fma(keys[at + j * width], keys[at + j * width], square);
            }
            inverseNorms[entry] = square == 0 ? 0 : (float) (1 / Math.sqrt(square));
        }
    }

    /** Index of a key in the reader's floats; entries are asked for in ascending order. */
    private int key(KvSlice cache, int head, int entry) {
        if (entry % width == 0) {
            reader.keys(cache, head, entry);
        }
        return reader.offset() + entry % width;
    }

    /** Finds the nearest of the next dropped entries from {@code begin} on; returns where to go on. */
    private int compare(KvSlice cache, int head, int begin) {
        int[] dropped = new int[ROWS];
        int count = 0;
        int entry = begin;
        reader.keys(cache, head, begin / width * width);
        for (; entry < cache.length(head) && count < ROWS; entry++) {
            int at = key(cache, head, entry);
            if (nearest[entry] >= 0) {
                for (int j = 0; j < dim; j++) {
                    rows[count * dim + j] = reader.floats()[at + j * width] * inverseNorms[entry];
                }
                cosines[entry] = Float.NEGATIVE_INFINITY;
                dropped[count++] = entry;
            }
        }
        for (int first = 0; first < cache.length(head); first += width) {
            reader.keys(cache, head, first);
            kernels.multiply(count, dim, rows, 0, dim, reader.floats(), reader.offset(), products, 0, width, false);
            int lanes = Math.min(width, cache.length(head) - first);
            for (int lane = 0; lane < lanes; lane++) {
                if (nearest[first + lane] < 0) {
                    raise(dropped, count, first + lane, lane);
                }
            }
        }
        return entry;
    }

    private void raise(int[] dropped, int count, int entry, int lane) {
        for (int row = 0; row < count; row++) {
            float cosine = products[row * width + lane] * inverseNorms[entry];
            // The earlier of two that are as near.
            if (cosine > cosines[dropped[row]]) {
                cosines[dropped[row]] = cosine;
                nearest[dropped[row]] = entry;
            }
        }
    }

    private void link(int length, float threshold) {
        Arrays.fill(chain, 0, length, -1);
        for (int entry = length - 1; entry >= 0; entry--) {
            int to = nearest[entry];
            if (to >= 0 && cosines[entry] >= threshold) {
                chain[entry] = chain[to];
                chain[to] = entry;
            }
        }
    }

    /** Leaves the mean of a value and those that go there in {@link #sum}. */
    private void average(KvSlice cache, int head, int entry) {
        Arrays.fill(sum, 0f);
        add(cache, head, entry, OWN_WEIGHT);
        float weights = OWN_WEIGHT;
        for (int from = chain[entry]; from >= 0; from = chain[from]) {
            float weight = ExpApproximation.exp(cosines[from]);
            add(cache, head, from, weight);
            weights += weight;
        }
        for (int j = 0; j < dim; j++) {
            sum[j] /= weights;
        }
    }

    private void add(KvSlice cache, int head, int entry, float weight) {
        reader.values(cache, head, entry, 1);
        for (int j = 0; j < dim; j++) {
            int at = reader.offset() + j / width * reader.panelStride() + j % width;
            sum[j] = Math.fma(weight, reader.floats()[at], sum[j]);
        }
    }
}
