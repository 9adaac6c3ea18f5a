package dev.locret.backend;

/**
 * Cache of one layer of one session. Entries of a KV head are ordered by original position; every head has its own
 * length. Keys are stored before rotary embedding.
 *
 * <p>Heads lie one after the other. Where heads share their budgets, the room of the layer is divided anew after each
 * eviction: every head has what it keeps and the same room for new entries.
 *
 * <p>The lengths are kept on the host: they are integers that decide loop bounds, never contents.
 */
public final class KvSlice {
    private final DeviceBuffer keys;
    private final DeviceBuffer values;
    private final DeviceBuffer scores;
    private final DeviceBuffer positions;
    private final KvCacheType type;
    private final int headDim;
    private final int capacity;
    private final int largest;
    private final int alignment;
    private final int[] lengths;
    private final int[] firsts;
    private final int[] capacities;

    /**
     * @param keys {@code [entries of all heads, headDim]} in the backend's own layout
     * @param values the same
     * @param scores {@code [entries of all heads]}
     * @param positions {@code [entries of all heads]}, integers
     * @param type how keys and values are held
     * @param capacity entries that fit in each head while all are equally full
     * @param largest most entries of one head; more than {@code capacity} if heads share their room
     * @param alignment a head begins at a multiple of so many entries
     */
    public KvSlice(
            DeviceBuffer keys,
            DeviceBuffer values,
            DeviceBuffer scores,
            DeviceBuffer positions,
            KvCacheType type,
            int kvHeads,
            int headDim,
            int capacity,
            int largest,
            int alignment) {
        this.type = type;
        this.keys = keys;
        this.values = values;
        this.scores = scores;
        this.positions = positions;
        this.headDim = headDim;
        this.capacity = capacity;
        this.largest = largest;
        this.alignment = alignment;
        this.lengths = new int[kvHeads];
        this.firsts = new int[kvHeads + 1];
        this.capacities = new int[kvHeads];
        divide(lengths);
    }

    /** Entries for which the buffers of such a slice have room: heads that share theirs lose up to an alignment each. */
    public static long allocatedEntries(int kvHeads, int capacity, int largest, int alignment) {
        long each = roundUp(capacity, alignment) + (largest > capacity ? alignment : 0);
        return Math.multiplyExact((long) kvHeads, each);
    }

    private static long roundUp(int entries, int alignment) {
        return ((long) entries + alignment - 1) / alignment * alignment;
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

    /** How keys and values are held. */
    public KvCacheType type() {
        return type;
    }

    public int kvHeads() {
        return lengths.length;
    }

    public int headDim() {
        return headDim;
    }

    /** Entries that fit in each head while all are equally full. */
    public int capacity() {
        return capacity;
    }

    /** Entries that fit in KV head {@code head} now. */
    public int capacity(int head) {
        return capacities[head];
    }

    /** Whether heads share their room. */
    public boolean shared() {
        return largest > capacity;
    }

    /** Place of a head's first entry among those of all heads. */
    public int first(int head) {
        return firsts[head];
    }

    /** Entries from a head's first to where the next head begins. */
    public int region(int head) {
        return firsts[head + 1] - firsts[head];
    }

    /** Entries that KV head {@code head} holds. */
    public int length(int head) {
        return lengths[head];
    }

    /** Entries of all heads. */
    public long entries() {
        long entries = 0;
        for (int length : lengths) {
            entries += length;
        }
        return entries;
    }

    /** Entries of the fullest head. */
    public int longest() {
        int longest = 0;
        for (int length : lengths) {
            longest = Math.max(longest, length);
        }
        return longest;
    }

    /** New entries that fit in every head. */
    public int room() {
        int room = Integer.MAX_VALUE;
        for (int head = 0; head < lengths.length; head++) {
            room = Math.min(room, capacities[head] - lengths[head]);
        }
        return room;
    }

    /** Called by a backend after it appended to or compacted a head, and to start over. */
    public void setLength(int head, int length) {
        lengths[head] = length;
    }

    /** Whether so many entries of each head can be held. */
    public boolean takes(int[] entries) {
        long sum = 0;
        int most = 0;
        for (int count : entries) {
            sum += count;
            most = Math.max(most, count);
        }
        return entries.length == lengths.length && most <= largest && sum <= (long) capacity * lengths.length;
    }

    /**
     * Divides the room so that every head has as much beside {@code entries}; called by a backend, which moves what the
     * heads hold. Without sharing this changes nothing.
     *
     * @param entries what each head keeps, which {@link #takes} accepts
     */
    public void divide(int[] entries) {
        long sum = 0;
        for (int count : shared() ? entries : new int[lengths.length]) {
            sum += count;
        }
        int room = (int) (capacity - (sum + lengths.length - 1) / lengths.length);
        for (int head = 0; head < lengths.length; head++) {
            capacities[head] = Math.min(largest, (shared() ? entries[head] : 0) + room);
            firsts[head + 1] = firsts[head] + (int) roundUp(capacities[head], alignment);
        }
    }

    /** Forgets all entries. */
    public void clear() {
        java.util.Arrays.fill(lengths, 0);
        divide(lengths);
    }
}
