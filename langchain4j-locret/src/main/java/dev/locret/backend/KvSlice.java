package dev.locret.backend;

/**
 * Cache of one layer of one session. Entries of a KV head are ordered by original position; every head has its own
 * length. Keys are stored before rotary embedding.
 *
 * <p>The lengths are kept on the host: they are integers that decide loop bounds, never contents.
 */
public final class KvSlice {
    private final DeviceBuffer keys;
    private final DeviceBuffer values;
    private final DeviceBuffer scores;
    private final DeviceBuffer positions;
    private final int headDim;
    private final int capacity;
    private final int[] lengths;

    /**
     * @param keys {@code [kvHeads, capacity, headDim]} in the backend's own layout
     * @param values the same
     * @param scores {@code [kvHeads, capacity]}
     * @param positions {@code [kvHeads, capacity]}, integers
     */
    public KvSlice(
            DeviceBuffer keys,
            DeviceBuffer values,
            DeviceBuffer scores,
            DeviceBuffer positions,
            int kvHeads,
            int headDim,
            int capacity) {
        this.keys = keys;
        this.values = values;
        this.scores = scores;
        this.positions = positions;
        this.headDim = headDim;
        this.capacity = capacity;
        this.lengths = new int[kvHeads];
    }

    public DeviceBuffer keys() {
        return keys;
    }

    public DeviceBuffer values() {
        return values;
    }

    public DeviceBuffer scores() {
        return scores;
    }

    public DeviceBuffer positions() {
        return positions;
    }

    public int kvHeads() {
        return lengths.length;
    }

    public int headDim() {
        return headDim;
    }

    /** Entries that fit in each head. */
    public int capacity() {
        return capacity;
    }

    /** Entries that KV head {@code head} holds. */
    public int length(int head) {
        return lengths[head];
    }

    /** Entries of the fullest head. */
    public int longest() {
        int longest = 0;
        for (int length : lengths) {
            longest = Math.max(longest, length);
        }
        return longest;
    }

    /** Called by a backend after it appended to or compacted a head, and to start over. */
    public void setLength(int head, int length) {
        lengths[head] = length;
    }
}
