package dev.locret.backend.cpu;

import dev.locret.backend.KvSlice;

/**
 * Moves what is kept of a layer to the front of each head. Where heads share their room, all heads are first packed to
 * the left and then moved, the last one first, to where they begin from now on: nothing is needed beside the cache.
 */
final class CacheCompaction {
    private final KvSlice cache;
    private final CacheRows rows;
    private final float[] scores;
    private final int[] positions;
    private final int width;

    CacheCompaction(KvSlice cache, int width) {
        this.cache = cache;
        this.rows = CacheRows.of(cache, width);
        this.scores = CpuBuffer.floats(cache.scores());
        this.positions = CpuBuffer.ints(cache.positions());
        this.width = width;
    }

    /** Keeps {@code count} entries of a head that stays where it is. */
    void inPlace(int head, int[] kept, int count) {
        pack(head, kept, count, cache.first(head), cache.region(head));
        cache.setLength(head, count);
    }

    /** Keeps {@code counts[head]} entries of every head and divides the room anew. */
    void divide(int[][] kept, int[] counts) {
        int[] packed = new int[counts.length + 1];
        for (int head = 0; head < counts.length; head++) {
            packed[head + 1] = packed[head] + CacheLayout.roundUp(counts[head], width);
            pack(head, kept[head], counts[head], packed[head], packed[head + 1] - packed[head]);
        }
        cache.divide(counts);
        for (int head = counts.length - 1; head >= 0; head--) {
            spread(head, counts[head], packed[head], packed[head + 1] - packed[head]);
            cache.setLength(head, counts[head]);
        }
    }

    /** Moves entries down: a target is never beyond its source, so ascending order overwrites nothing that is needed. */
    private void pack(int head, int[] kept, int count, int first, int region) {
        int old = cache.first(head);
        for (int to = 0; to < count; to++) {
            int source = old + kept[to];
            if (source != first + to) {
                rows.moveKey(source, first + to);
                scores[first + to] = scores[source];
                positions[first + to] = positions[source];
            }
        }
        rows.packValues(head, kept, count, first, region);
    }

    /** Moves a packed head up to where it begins now, from its last entry on. */
    private void spread(int head, int count, int first, int region) {
        int target = cache.first(head);
        rows.spreadValues(head, count, first, region);
        if (target == first) {
            return;
        }
        for (int entry = count - 1; entry >= 0; entry--) {
            rows.moveKey(first + entry, target + entry);
        }
        System.arraycopy(scores, first, scores, target, count);
        System.arraycopy(positions, first, positions, target, count);
    }
}
