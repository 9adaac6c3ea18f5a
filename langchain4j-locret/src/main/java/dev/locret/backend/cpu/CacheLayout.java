package dev.locret.backend.cpu;

import dev.locret.backend.KvCacheType;
import dev.locret.backend.KvSlice;

/**
 * Where entries lie in the cache's buffers, chosen for the two products of attention. Floats: keys in panels of entries
 * {@code [entries of all heads / width][headDim][width]}, values in panels of dimensions, for each head
 * {@code [ceil(headDim / width)][region][width]}. Other types: keys in packed panels of entries, each key a lane;
 * values one after the other, {@code [entries of all heads][words]}, as {@link PackedRow} says.
 *
 * @param keyElements elements of a key: its dimensions, or the words that hold them
 */
record CacheLayout(KvSlice cache, int width, int keyElements) {
    static CacheLayout of(KvSlice cache, int width) {
        int elements = cache.type() == KvCacheType.F32
                ? cache.headDim()
                : PackedRow.of(cache.type(), cache.headDim()).words();
        return new CacheLayout(cache, width, elements);
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

    /** Index of the first element of a key; the next one is {@code width} further. */
    int key(int head, int entry) {
        return key(cache.first(head) + entry);
    }

    /** As above for a place among the entries of all heads. */
    int key(int place) {
        return place / width * keyElements * width + place % width;
    }

    /** Index of the first of {@code width} dimensions of a value of floats. */
    int value(int head, int panel, int entry) {
        return value(cache.first(head), cache.region(head), panel, entry);
    }

    /** As above for a head that begins at {@code first} and takes {@code region} entries. */
    int value(int first, int region, int panel, int entry) {
        return first * valueColumns() + (panel * region + entry) * width;
    }
}
