package dev.locret.backend.cpu;

import dev.locret.tensor.HalfFloat;

/** Unpacks values of a packed cache in plain loops; the order of bits is {@link PackedRow}'s. */
public final class PackedValues {
    private static final int SPREAD = 8;

    private PackedValues() {}

    /** Words of a group, header included. */
    public static int groupWords(PanelFormat format) {
        return format == PanelFormat.HALF ? PackedRow.HALVES / 2 : format.groupWords();
    }

    /** Dimensions of a whole group. */
    public static int groupSize(PanelFormat format) {
        return format == PanelFormat.HALF ? PackedRow.HALVES : format.groupSize();
    }

    /**
     * Unpacks one value from a dimension on.
     *
     * @param at first word of the value
     * @param begin first dimension, that of a group
     * @param out panels of dimensions; dimension 0 at {@code to}
     * @param panelStride elements from one panel to the next
     */
    public static void unpack(
            PanelFormat format,
            int[] words,
            int at,
            int begin,
            int headDim,
            float[] out,
            int to,
            int width,
            int panelStride) {
        int size = groupSize(format);
        for (int first = begin; first < headDim; first += size) {
            int group = at + first / size * groupWords(format);
            float scale = format == PanelFormat.HALF ? 1 : HalfFloat.fromF16((short) words[group]);
            float minimum = format == PanelFormat.BITS4 ? HalfFloat.fromF16((short) (words[group] >>> 16)) : 0;
            int body = format == PanelFormat.HALF ? group : group + 1;
            int count = Math.min(size, headDim - first);
            for (int k = 0; k < count; k++) {
                int j = first + k;
                out[to + j / width * panelStride + j % width] = switch (format) {
                    case HALF -> HalfFloat.fromF16((short) (words[body + k % SPREAD] >>> 16 * (k / SPREAD)));
                    case BITS8 -> (byte) (words[body + k % SPREAD] >> 8 * (k / SPREAD)) * scale;
                    default -> Math.fma(words[body + k / SPREAD] >>> 4 * (k % SPREAD) & 15, scale, minimum);
                };
            }
        }
    }
}
