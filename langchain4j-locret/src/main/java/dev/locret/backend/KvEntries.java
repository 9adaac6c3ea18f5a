package dev.locret.backend;

/**
 * A copy on the host of what one layer's cache holds, in an order that no backend chooses: head after head, and of each
 * head the entries as they are ordered in the cache. Immutable by agreement: nobody writes to the arrays once they are
 * filled.
 *
 * @param lengths entries of each KV head, {@code [kvHeads]}
 * @param headDim dimension of a head
 * @param keys keys before rotary embedding, {@code [entries of all heads, headDim]}
 * @param values the same
 * @param scores {@code [entries of all heads]}
 * @param positions positions in the text, {@code [entries of all heads]}
 */
public record KvEntries(int[] lengths, int headDim, float[] keys, float[] values, float[] scores, int[] positions) {
    /** Empty arrays of the right sizes. */
    public static KvEntries allocate(int[] lengths, int headDim) {
        int entries = 0;
        for (int length : lengths) {
            entries = Math.addExact(entries, length);
        }
        int floats = Math.multiplyExact(entries, headDim);
        return new KvEntries(
                lengths.clone(), headDim, new float[floats], new float[floats], new float[entries], new int[entries]);
    }

    /** Bytes of {@code entries} entries. */
    public static long bytes(long entries, int headDim) {
        return Math.multiplyExact(entries, 4L * (2L * headDim + 2));
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
