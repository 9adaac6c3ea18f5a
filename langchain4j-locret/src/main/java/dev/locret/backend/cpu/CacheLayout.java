package dev.locret.backend.cpu;

import dev.locret.backend.KvSlice;

/**
 * Where entries lie in the cache's buffers, chosen for the two products of attention: keys in panels of entries
 * {@code [entries of all heads / width][headDim][width]}, values in panels of dimensions, for each head
 * {@code [ceil(headDim / width)][region][width]}.
 */
record CacheLayout(KvSlice cache, int width) {
    static CacheLayout of(KvSlice cache, int width) {
        return new CacheLayout(cache, width);
    }

    static int roundUp(int n, int to) {
        return (n + to - 1) / to * to;
    }

    int valuePanels() {
        return (cache.headDim() + width - 1) / width;
    }

    /** Head dimension rounded up to whole panels. */
    int valueColumns() {
        return roundUp(cache.headDim(), width);
    }

    /** Index of dimension 0 of a key; the next dimension is {@code width} further. */
    int key(int head, int entry) {
        return key(cache.first(head) + entry);
    }

    /** As above for a place among the entries of all heads. */
    int key(int place) {
        return place / width * cache.headDim() * width + place % width;
    }

    /** Index of the first of {@code width} dimensions of a value. */
    int value(int head, int panel, int entry) {
        return value(cache.first(head), cache.region(head), panel, entry);
    }

    /** As above for a head that begins at {@code first} and takes {@code region} entries. */
    int value(int first, int region, int panel, int entry) {
        return first * valueColumns() + (panel * region + entry) * width;
    }

    /** Copies a key or value row into the cache. */
    void putKey(float[] row, int from, float[] keys, int head, int entry) {
        int at = key(head, entry);
        for (int j = 0; j < cache.headDim(); j++) {
            keys[at + j * width] = row[from + j];
        }
    }

    void putValue(float[] row, int from, float[] values, int head, int entry) {
        for (int panel = 0; panel < valuePanels(); panel++) {
            int count = Math.min(width, cache.headDim() - panel * width);
            System.arraycopy(row, from + panel * width, values, value(head, panel, entry), count);
        }
    }

    /** Moves a key from one place to another. */
    void moveKey(float[] keys, int from, int to) {
        int source = key(from);
        int target = key(to);
        for (int j = 0; j < cache.headDim(); j++) {
            keys[target + j * width] = keys[source + j * width];
        }
    }
}
