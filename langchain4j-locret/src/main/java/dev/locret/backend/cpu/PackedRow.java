package dev.locret.backend.cpu;

import dev.locret.backend.KvCacheType;
import dev.locret.tensor.HalfFloat;
import java.util.Arrays;

/**
 * How a key or value of a packed cache lies in words, by groups as {@link PanelFormat} says. A key is a lane of a panel,
 * so its words lie a panel's width apart. A value's words follow each other, and its dimensions are spread so that the
 * same bits of eight words hold eight dimensions in a row, but for nibbles, of which a word holds eight in a row.
 *
 * @param format FLOAT is never used here
 */
record PackedRow(KvCacheType type, PanelFormat format, int headDim) {
    /** Dimensions of a value's group of halves. */
    static final int HALVES = 16;

    static PackedRow of(KvCacheType type, int headDim) {
        return new PackedRow(type, PanelFormat.of(type.elements()), headDim);
    }

    /** Words of a key or value. */
    int words() {
        return format == PanelFormat.HALF
                ? CacheLayout.roundUp(headDim, HALVES) / 2
                : format.groups(headDim) * format.groupWords();
    }

    /** Writes a key that lies in a file's layout at {@code in[from]}. */
    void putKey(byte[] in, int from, int[] words, int at, int width) {
        put(in, from, words, at, width, false);
    }

    /** Writes a value. */
    void putValue(byte[] in, int from, int[] words, int at) {
        put(in, from, words, at, 1, true);
    }

    /** Reads a key back. */
    void takeKey(int[] words, int at, int width, byte[] out, int to) {
        take(words, at, width, false, out, to);
    }

    /** Reads a value back. */
    void takeValue(int[] words, int at, byte[] out, int to) {
        take(words, at, 1, true, out, to);
    }

    private void put(byte[] in, int from, int[] words, int at, int stride, boolean spread) {
        for (int w = 0; w < words(); w++) {
            words[at + w * stride] = 0;
        }
        for (int group = 0; group < groups(); group++) {
            int block = from + group * blockBytes();
            int body = at + (group * groupWords() + header()) * stride;
            if (header() == 1) {
                int scale = half(in, block);
                words[body - stride] = format == PanelFormat.BITS4 ? scale | minimum(scale) << 16 : scale;
            }
            for (int k = 0; k < dimensions(group); k++) {
                words[body + word(k, spread) * stride] |= bits(in, block, k) << shift(k, spread);
            }
        }
    }

    private void take(int[] words, int at, int stride, boolean spread, byte[] out, int to) {
        for (int group = 0; group < groups(); group++) {
            int block = to + group * blockBytes();
            int body = at + (group * groupWords() + header()) * stride;
            Arrays.fill(out, block, block + blockBytes(group), (byte) 0);
            if (header() == 1) {
                putHalf(words[body - stride], out, block);
            }
            for (int k = 0; k < dimensions(group); k++) {
                int bits = words[body + word(k, spread) * stride] >>> shift(k, spread);
                switch (format) {
                    case HALF -> putHalf(bits, out, block + 2 * k);
                    case BITS8 -> out[block + 2 + k] = (byte) bits;
                    default -> out[block + 2 + k % 16] |= (byte) ((bits & 15) << 4 * (k / 16));
                }
            }
        }
    }

    private int groups() {
        return format == PanelFormat.HALF ? (headDim + HALVES - 1) / HALVES : format.groups(headDim);
    }

    private int groupWords() {
        return format == PanelFormat.HALF ? HALVES / 2 : format.groupWords();
    }

    private int header() {
        return format == PanelFormat.HALF ? 0 : 1;
    }

    private int dimensions(int group) {
        return format == PanelFormat.HALF ? Math.min(HALVES, headDim - group * HALVES) : format.groupSize();
    }

    /** Bytes of a whole group in a file's layout. */
    private int blockBytes() {
        return format == PanelFormat.HALF ? 2 * HALVES : type.elements().blockBytes();
    }

    private int blockBytes(int group) {
        return format == PanelFormat.HALF ? 2 * dimensions(group) : blockBytes();
    }

    private int word(int k, boolean spread) {
        return switch (format) {
            case HALF -> spread ? k % 8 : k / 2;
            case BITS8 -> spread ? k % 8 : k / 4;
            default -> k / 8;
        };
    }

    private int shift(int k, boolean spread) {
        return switch (format) {
            case HALF -> 16 * (spread ? k / 8 : k % 2);
            case BITS8 -> 8 * (spread ? k / 8 : k % 4);
            default -> 4 * (k % 8);
        };
    }

    private int bits(byte[] in, int block, int k) {
        return switch (format) {
            case HALF -> half(in, block + 2 * k);
            case BITS8 -> in[block + 2 + k] & 0xff;
            default -> in[block + 2 + k % 16] >> 4 * (k / 16) & 15;
        };
    }

    /** The minimum of four-bit numbers whose zero is 8; exact. */
    private static int minimum(int scale) {
        return HalfFloat.toF16(-8 * HalfFloat.fromF16((short) scale)) & 0xffff;
    }

    private static int half(byte[] in, int at) {
        return in[at] & 0xff | (in[at + 1] & 0xff) << 8;
    }

    private static void putHalf(int bits, byte[] out, int at) {
        out[at] = (byte) bits;
        out[at + 1] = (byte) (bits >> 8);
    }
}
