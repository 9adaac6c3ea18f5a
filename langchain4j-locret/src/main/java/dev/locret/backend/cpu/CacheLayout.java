package dev.locret.backend.cpu;

import dev.locret.backend.KvSlice;

/**
 * Where entries lie in the cache's buffers, chosen for the two products of attention: keys in panels of entries
 * {@code [kvHeads][panels][headDim][width]}, values in panels of dimensions
 * {@code [kvHeads][ceil(headDim / width)][capacity][width]}.
 */
record CacheLayout(int headDim, int capacity, int width) {
    static CacheLayout of(KvSlice cache, int width) {
        return new CacheLayout(cache.headDim(), roundUp(cache.capacity(), width), width);
    }

    static CacheLayout of(int headDim, int capacity, int width) {
        return new CacheLayout(headDim, roundUp(capacity, width), width);
    }

    private static int roundUp(int n, int to) {
        return (n + to - 1) / to * to;
    }

    /** Floats of one head's keys. */
    long keyFloats() {
        return (long) capacity * headDim;
    }

    /** Floats of one head's values, the last panel filled up. */
    long valueFloats() {
        return (long) capacity * valueColumns();
    }

    int valuePanels() {
        return (headDim + width - 1) / width;
    }

    /** Head dimension rounded up to whole panels. */
    int valueColumns() {
        return valuePanels() * width;
    }

    /** Index of dimension 0 of a key; the next dimension is {@code width} further. */
    int key(int head, int entry) {
        return head * (int) keyFloats() + entry / width * headDim * width + entry % width;
    }

    /** Index of the first of {@code width} dimensions of a value. */
    int value(int head, int panel, int entry) {
        return head * (int) valueFloats() + (panel * capacity + entry) * width;
    }

    /** Copies a key or value row into the cache. */
    void putKey(float[] row, int from, float[] keys, int head, int entry) {
        int at = key(head, entry);
        for (int j = 0; j < headDim; j++) {
            keys[at + j * width] = row[from + j];
        }
    }

    void putValue(float[] row, int from, float[] values, int head, int entry) {
        for (int panel = 0; panel < valuePanels(); panel++) {
            int count = Math.min(width, headDim - panel * width);
            System.arraycopy(row, from + panel * width, values, value(head, panel, entry), count);
        }
    }

    /** Moves an entry of a head to a lower place. */
    void moveKey(float[] keys, int head, int from, int to) {
        int source = key(head, from);
        int target = key(head, to);
        for (int j = 0; j < headDim; j++) {
            keys[target + j * width] = keys[source + j * width];
        }
    }

    void moveValue(float[] values, int head, int from, int to) {
        for (int panel = 0; panel < valuePanels(); panel++) {
            System.arraycopy(values, value(head, panel, from), values, value(head, panel, to), width);
        }
    }
}
