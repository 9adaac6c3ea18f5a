package dev.locret.backend.cpu;

import dev.locret.tensor.HalfFloat;

/**
 * Unpacks a panel of keys of a packed cache. Not by {@link Kernels#unpack}, which is compiled for the type of the weights
 * alone: a second type there made reading twice as slow.
 */
final class PackedKeys {
    private PackedKeys() {}

    /**
     * @param words {@code [row.words()][width]} from {@code at}
     * @param out {@code [headDim][width]}
     * @param scales room for {@code width} numbers
     */
    static void unpack(PackedRow row, int[] words, int at, int width, float[] out, float[] scales) {
        if (row.format() == PanelFormat.HALF) {
            for (int w = 0; w < row.words(); w++) {
                halves(words, at + w * width, width, out, 2 * w * width);
            }
            return;
        }
        int step = row.format().groupWords() * width;
        int size = row.format().groupSize();
        for (int group = 0; group * size < row.headDim(); group++) {
            int header = at + group * step;
            for (int lane = 0; lane < width; lane++) {
                scales[lane] = HalfFloat.fromF16((short) words[header + lane]);
            }
            for (int w = 0; w + 1 < row.format().groupWords(); w++) {
                int from = header + (1 + w) * width;
                if (row.format() == PanelFormat.BITS8) {
                    bytes(words, from, width, out, (group * size + 4 * w) * width, scales);
                } else {
                    nibbles(words, from, width, out, (group * size + 8 * w) * width, scales);
                }
            }
        }
    }

    private static void halves(int[] words, int from, int width, float[] out, int to) {
        for (int lane = 0; lane < width; lane++) {
            out[to + lane] = PackedValues.half(words[from + lane] << 16);
            out[to + width + lane] = PackedValues.half(words[from + lane]);
        }
    }

    private static void bytes(int[] words, int from, int width, float[] out, int to, float[] scales) {
        for (int lane = 0; lane < width; lane++) {
            int word = words[from + lane];
            float scale = scales[lane];
            out[to + lane] = (byte) word * scale;
            out[to + width + lane] = (byte) (word >> 8) * scale;
            out[to + 2 * width + lane] = (byte) (word >> 16) * scale;
            out[to + 3 * width + lane] = (word >> 24) * scale;
        }
    }

    private static void nibbles(int[] words, int from, int width, float[] out, int to, float[] scales) {
        for (int lane = 0; lane < width; lane++) {
            int word = words[from + lane];
            float scale = scales[lane];
            for (int i = 0; i < 8; i++) {
                out[to + i * width + lane] = ((word >>> 4 * i & 15) - 8) * scale;
            }
        }
    }
}
