package dev.locret.backend;

/**
 * A copy on the host of what one layer's cache holds, in an order that no backend chooses: head after head, and of each
 * head the entries as they are ordered in the cache. Immutable by agreement: nobody writes to the arrays once they are
 * filled.
 *
 * @param lengths entries of each KV head, {@code [kvHeads]}
 * @param headDim dimension of a head
 * @param keys keys before rotary embedding, mixed if the type does so, a row for each entry of all heads
 * @param values the same
 * @param scores {@code [entries of all heads]}
 * @param positions positions in the text, {@code [entries of all heads]}
 */
public record KvEntries(int[] lengths, int headDim, KvRows keys, KvRows values, float[] scores, int[] positions) {
    /** Empty arrays of the right sizes for a cache that holds floats. */
    public static KvEntries allocate(int[] lengths, int headDim) {
        return allocate(lengths, headDim, KvCacheType.F32);
    }

    /** Empty arrays of the right sizes. */
    public static KvEntries allocate(int[] lengths, int headDim, KvCacheType type) {
        int entries = 0;
        for (int length : lengths) {
            entries = Math.addExact(entries, length);
        }
        return new KvEntries(
                lengths.clone(),
                headDim,
                KvRows.allocate(type, entries, headDim),
                KvRows.allocate(type, entries, headDim),
                new float[entries],
                new int[entries]);
    }

    /** Bytes of {@code entries} entries. */
    public static long bytes(long entries, int headDim, KvCacheType type) {
        return Math.multiplyExact(entries, 2 * type.rowBytes(headDim) + 8);
    }

    /** Bytes of all entries. */
    public long bytes() {
        return bytes(entries(), headDim, type());
    }

    /** All keys as floats: those of the cache, or a new array. */
    public float[] keyFloats() {
        float[] floats = keys.floats();
        for (int entry = 0; type().mixesKeys() && entry < entries(); entry++) {
            KeyMixing.unmix(floats, entry * headDim, headDim);
        }
        return floats;
    }

    /** All values as floats: those of the cache, or a new array. */
    public float[] valueFloats() {
        return values.floats();
    }

    /** How keys and values are held. */
    public KvCacheType type() {
        return keys.type();
    }

    /** Entries of all heads. */
    public int entries() {
        return positions.length;
    }

    /** Place of the first entry of KV head {@code head} among all. */
    public int first(int head) {
        int first = 0;
        for (int i = 0; i < head; i++) {
            first += lengths[i];
        }
        return first;
    }
}
