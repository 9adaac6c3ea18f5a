package dev.locret.backend.cpu;

import dev.locret.tensor.HalfFloat;

/**
 * Unpacks values of a packed cache. In plain loops, a few instructions a number: what a block's lanes need lies in half a
 * vector, and whether HotSpot keeps vectors of two sizes in registers depends on what else it has compiled.
 */
final class PackedValues {
    private static final int BLOCK = 32;

    private PackedValues() {}

    /**
     * Unpacks values to panels of dimensions {@code [ceil(headDim / width)][rows of a panel][width]}.
     *
     * @param words {@code [rows][row.words()]} from {@code offset}
     * @param width a multiple of eight
     * @param panelStride elements from one panel to the next
     */
    static void unpack(PackedRow row, int[] words, int offset, int rows, float[] out, int width, int panelStride) {
        int size = row.format() == PanelFormat.HALF ? PackedRow.HALVES : BLOCK;
        int groupWords = row.format() == PanelFormat.HALF ? PackedRow.HALVES / 2 : row.format().groupWords();
        for (int i = 0; i < rows; i++) {
            int group = offset + i * row.words();
            for (int j = 0; j < row.headDim(); j += size) {
                for (int part = 0; part < size && j + part < row.headDim(); part += 8) {
                    int to = (j + part) / width * panelStride + i * width + (j + part) % width;
                    switch (row.format()) {
                        case HALF -> halves(words, group + part / 2, out, to);
                        case BITS8 -> bytes(words, group, part / 4, out, to);
                        default -> nibbles(words, group, part / 8, out, to);
                    }
                }
                group += groupWords;
            }
        }
    }

    /** Eight dimensions of four words. */
    private static void halves(int[] words, int at, float[] out, int to) {
        for (int w = 0; w < 4; w++) {
            int pair = words[at + w];
            out[to + 2 * w] = half(pair << 16);
            out[to + 2 * w + 1] = half(pair);
        }
    }

    /** A finite half in the upper 16 bits; {@code PackedPanels} says why the product is exact. */
    static float half(int bits) {
        return Float.intBitsToFloat(bits >> 3 & 0x8fffe000) * 0x1p112f;
    }

    /** Eight dimensions of two words. */
    private static void bytes(int[] words, int group, int word, float[] out, int to) {
        float scale = HalfFloat.fromF16((short) words[group]);
        int low = words[group + 1 + word];
        int high = words[group + 2 + word];
        out[to] = (byte) low * scale;
        out[to + 1] = (byte) (low >> 8) * scale;
        out[to + 2] = (byte) (low >> 16) * scale;
        out[to + 3] = (low >> 24) * scale;
        out[to + 4] = (byte) high * scale;
        out[to + 5] = (byte) (high >> 8) * scale;
        out[to + 6] = (byte) (high >> 16) * scale;
        out[to + 7] = (high >> 24) * scale;
    }

    /** Eight dimensions of one word. */
    private static void nibbles(int[] words, int group, int word, float[] out, int to) {
        float scale = HalfFloat.fromF16((short) words[group]);
        int quants = words[group + 1 + word];
        out[to] = ((quants & 15) - 8) * scale;
        out[to + 1] = ((quants >>> 4 & 15) - 8) * scale;
        out[to + 2] = ((quants >>> 8 & 15) - 8) * scale;
        out[to + 3] = ((quants >>> 12 & 15) - 8) * scale;
        out[to + 4] = ((quants >>> 16 & 15) - 8) * scale;
        out[to + 5] = ((quants >>> 20 & 15) - 8) * scale;
        out[to + 6] = ((quants >>> 24 & 15) - 8) * scale;
        out[to + 7] = ((quants >>> 28) - 8) * scale;
    }
}
