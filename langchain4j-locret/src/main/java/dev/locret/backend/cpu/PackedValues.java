package dev.locret.backend.cpu;

import dev.locret.tensor.HalfFloat;

/**
 * Unpacks values of a packed cache. In plain loops, a few instructions a number: a block's lanes are half a vector wide,
 * and whether HotSpot keeps vectors of two sizes in registers depends on what else it has compiled.
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
        for (int i = 0; i < rows; i++) {
            unpack(row, words, offset + i * row.words(), out, i * width, width, panelStride);
        }
    }

    private static void unpack(PackedRow row, int[] words, int at, float[] out, int to, int width, int panelStride) {
        PanelFormat format = row.format();
        int size = format == PanelFormat.HALF ? 8 : BLOCK;
        int groupWords = format == PanelFormat.HALF ? 4 : format.groupWords();
        // No division by the width, which is no constant: it would take longer than all else.
        int lane = 0;
        for (int group = at, j = 0; j < row.headDim(); group += groupWords) {
            float scale = format == PanelFormat.HALF ? 1 : HalfFloat.fromF16((short) words[group]);
            for (int part = 0; part < size; part += 8, j += 8) {
                switch (format) {
                    case HALF -> halves(words, group, out, to + lane);
                    case BITS8 -> bytes(words, group + 1 + part / 4, scale, out, to + lane);
                    default -> nibbles(words[group + 1 + part / 8], scale, out, to + lane);
                }
                lane += 8;
                if (lane == width) {
                    lane = 0;
                    to += panelStride;
                }
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
    private static void bytes(int[] words, int at, float scale, float[] out, int to) {
        int low = words[at];
        int high = words[at + 1];
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
    private static void nibbles(int quants, float scale, float[] out, int to) {
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
