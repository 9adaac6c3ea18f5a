package dev.locret.backend.cpu;

import dev.locret.backend.KvCacheType;
import dev.locret.backend.KvRows;
import dev.locret.backend.KvSlice;

/** Writes and moves the keys and values of a layer's cache; one implementation for floats, one for packed types. */
interface CacheRows {
    static CacheRows of(KvSlice cache, int width) {
        CacheLayout layout = CacheLayout.of(cache, width);
        return cache.type() == KvCacheType.F32 ? new PlainRows(layout) : new PackedRows(layout);
    }

    /** Writes the key of an entry from {@code keys[from]}. */
    void putKey(float[] keys, int from, int head, int entry);

    /** Writes the value of an entry from {@code values[from]}. */
    void putValue(float[] values, int from, int head, int entry);

    /** Copies an entry to a row on the host. */
    void take(int head, int entry, KvRows keys, KvRows values, int row);

    /** Copies an entry from a row on the host, of the cache's own type. */
    void set(KvRows keys, KvRows values, int row, int head, int entry);

    /** Moves a key from one place among the entries of all heads to another. */
    void moveKey(int from, int to);

    /**
     * Moves the values of {@code kept[0 .. count)} of a head down to a head that begins at {@code first} and takes {@code
     * region} entries.
     */
    void packValues(int head, int[] kept, int count, int first, int region);

    /** Moves {@code count} values that were packed so up to where the head begins now, from the last one on. */
    void spreadValues(int head, int count, int first, int region);
}
