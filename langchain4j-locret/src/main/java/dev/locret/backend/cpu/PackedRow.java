package dev.locret.backend.cpu;

import dev.locret.backend.KvCacheType;
import java.util.Arrays;

/**
 * How a key or value of a packed cache lies in words, by groups as {@link PanelFormat} says, without minima. A key is a lane of a panel,
 * so its words lie a panel's width apart; a value's words follow each other.
 *
 * @param format FLOAT is never used here
 */
record PackedRow(KvCacheType type, PanelFormat format, int headDim) {
    /** Halves fill whole groups of this size. */
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

    /**
     * Writes a row that lies in a file's layout at {@code in[from]}.
     *
     * @param stride elements from one word to the next
     */
    void put(byte[] in, int from, int[] words, int at, int stride) {
        for (int w = 0; w < words(); w++) {
            words[at + w * stride] = 0;
        }
        for (int group = 0; group < groups(); group++) {
            int block = from + group * blockBytes();
            int body = at + (group * groupWords() + header()) * stride;
            if (header() == 1) {
                words[body - stride] = half(in, block);
            }
            int width = 32 / perWord();
            int count = dimensions(group);
            for (int k = 0, target = body; k < count; target += stride) {
                int word = 0;
                for (int shift = 0; shift < 32 && k < count; shift += width) {
                    word |= bits(in, block, k++) << shift;
                }
                words[target] = word;
            }
        }
    }

    /** Reads a row back. */
    void take(int[] words, int at, int stride, byte[] out, int to) {
        for (int group = 0; group < groups(); group++) {
            int block = to + group * blockBytes();
            int body = at + (group * groupWords() + header()) * stride;
            Arrays.fill(out, block, block + blockBytes(group), (byte) 0);
            if (header() == 1) {
                putHalf(words[body - stride], out, block);
            }
            for (int k = 0; k < dimensions(group); k++) {
                int bits = words[body + k / perWord() * stride] >>> 32 / perWord() * (k % perWord());
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

    private int perWord() {
        return switch (format) {
            case HALF -> 2;
            case BITS8 -> 4;
            default -> 8;
        };
    }

    private int bits(byte[] in, int block, int k) {
        return switch (format) {
            case HALF -> half(in, block + 2 * k);
            case BITS8 -> in[block + 2 + k] & 0xff;
            default -> in[block + 2 + k % 16] >> 4 * (k / 16) & 15;
        };
    }

    private static int half(byte[] in, int at) {
        return in[at] & 0xff | (in[at + 1] & 0xff) << 8;
    }

    private static void putHalf(int bits, byte[] out, int at) {
        out[at] = (byte) bits;
        out[at + 1] = (byte) (bits >> 8);
    }
}
