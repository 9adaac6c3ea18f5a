package dev.locret.backend.cpu;

import dev.locret.common.Checks;
import dev.locret.common.ErrorId;
import dev.locret.tensor.DType;
import dev.locret.tensor.HalfFloat;
import java.nio.ByteBuffer;

/** Rearranges one row's blocks of a file type into the words of a {@link PanelFormat}; the bits stay the same. */
final class WeightPacker {
    private final String name;
    private final DType type;
    private final int width;
    private final int[] quants = new int[256];

    WeightPacker(String name, DType type, int width) {
        this.name = name;
        this.type = type;
        this.width = width;
    }

    /** Reads a row of {@code columns} weights and writes its words from {@code words[at]}, {@code width} apart. */
    void packRow(ByteBuffer row, int columns, int[] words, int at) {
        PanelFormat format = PanelFormat.of(type);
        int step = format.groupWords() * width;
        int block = type.blockBytes();
        for (int group = 0; group < format.groups(columns); group++) {
            int from = group * block * (type.blockSize() == 1 ? format.groupSize() : 1);
            int to = at + group * step;
            switch (type) {
                case BF16, F16 -> packPair(row, from, group * 2 + 1 < columns, words, to);
                case Q8_0 -> packBytes(row, from, words, to);
                case Q4_0, Q4_1 -> packNibbles(row, from, words, to);
                case Q5_0, Q5_1 -> packFiveBits(row, from, words, to);
                case Q4_K, Q5_K -> packSuper(row, from, words, to);
                case Q6_K -> packSixBits(row, from, words, to);
                default -> throw new IllegalArgumentException("not packed: type=" + type);
            }
        }
    }

    private void packPair(ByteBuffer row, int from, boolean two, int[] words, int to) {
        int low = row.getShort(from) & 0xffff;
        int high = two ? row.getShort(from + 2) & 0xffff : 0;
        requireFinite16(low);
        requireFinite16(high);
        words[to] = low | high << 16;
    }

    private void packBytes(ByteBuffer row, int from, int[] words, int to) {
        words[to] = scale(row, from);
        for (int w = 0; w < 8; w++) {
            words[to + (1 + w) * width] = row.getInt(from + 2 + 4 * w);
        }
    }

    private void packNibbles(ByteBuffer row, int from, int[] words, int to) {
        boolean zeroPoint = type == DType.Q4_0;
        words[to] = zeroPoint ? centred(row, from, 8) : scale(row, from) | scale(row, from + 2) << 16;
        readNibbles(row, from + (zeroPoint ? 2 : 4));
        writeNibbles(32, words, to + width);
    }

    private void packFiveBits(ByteBuffer row, int from, int[] words, int to) {
        boolean zeroPoint = type == DType.Q5_0;
        int high = from + (zeroPoint ? 2 : 4);
        words[to] = zeroPoint ? centred(row, from, 16) : scale(row, from) | scale(row, from + 2) << 16;
        readNibbles(row, high + 4);
        writeNibbles(32, words, to + width);
        words[to + 5 * width] = row.getInt(high);
    }

    /** Scale and the minimum that a fixed zero point means: exact, as zero points are powers of two. */
    private int centred(ByteBuffer row, int at, int zeroPoint) {
        int bits = scale(row, at);
        float minimum = -zeroPoint * HalfFloat.fromF16((short) (bits));
        Checks.check(
                Math.abs(minimum) < 65520f,
                ErrorId.FILE_UNSUPPORTED,
                () -> "model: weight '" + name + "' has a block scale of " + HalfFloat.fromF16((short) (bits))
                        + ", beyond what is read of type " + type);
        return bits | halfBits(minimum) << 16;
    }

    /** Half-precision bits of a scale times a power of two: its significand fits, a subnormal scale is shifted. */
    private static int halfBits(float value) {
        int bits = Float.floatToRawIntBits(value);
        int sign = bits >>> 16 & 0x8000;
        float magnitude = Math.abs(value) * 0x1p-112f;
        return sign | Float.floatToRawIntBits(magnitude) >>> 13;
    }

    private void readNibbles(ByteBuffer row, int from) {
        for (int i = 0; i < 16; i++) {
            int two = row.get(from + i);
            quants[i] = two & 15;
            quants[16 + i] = two >> 4 & 15;
        }
    }

    private void packSuper(ByteBuffer row, int from, int[] words, int to) {
        words[to] = scale(row, from) | scale(row, from + 2) << 16;
        for (int sub = 0; sub < 8; sub++) {
            int shift = 8 * (sub & 3);
            set(words, to + (1 + sub / 4) * width, shift, sub & 3, superScale(row, from + 4, sub));
            set(words, to + (3 + sub / 4) * width, shift, sub & 3, superMinimum(row, from + 4, sub));
        }
        boolean five = type == DType.Q5_K;
        int nibbles = from + (five ? 48 : 16);
        for (int i = 0; i < 128; i++) {
            int two = row.get(nibbles + i);
            int k = i / 32 * 64 + i % 32;
            quants[k] = two & 15;
            quants[k + 32] = two >> 4 & 15;
        }
        writeNibbles(256, words, to + 5 * width);
        if (five) {
            for (int sub = 0; sub < 8; sub++) {
                int bits = 0;
                for (int i = 0; i < 32; i++) {
                    bits |= (row.get(from + 16 + i) >> sub & 1) << i;
                }
                words[to + (37 + sub) * width] = bits;
            }
        }
    }

    private static int superScale(ByteBuffer row, int at, int sub) {
        return sub < 4 ? row.get(at + sub) & 63 : row.get(at + sub + 4) & 15 | (row.get(at + sub - 4) >> 6 & 3) << 4;
    }

    private static int superMinimum(ByteBuffer row, int at, int sub) {
        return sub < 4
                ? row.get(at + sub + 4) & 63
                : row.get(at + sub + 4) >> 4 & 15 | (row.get(at + sub) >> 6 & 3) << 4;
    }

    private void packSixBits(ByteBuffer row, int from, int[] words, int to) {
        words[to] = scale(row, from + 208);
        for (int w = 0; w < 4; w++) {
            words[to + (1 + w) * width] = row.getInt(from + 192 + 4 * w);
        }
        for (int half = 0; half < 2; half++) {
            for (int i = 0; i < 32; i++) {
                int low = row.get(from + half * 64 + i);
                int next = row.get(from + half * 64 + 32 + i);
                int high = row.get(from + 128 + half * 32 + i);
                int k = half * 128 + i;
                quants[k] = low & 15 | (high & 3) << 4;
                quants[k + 32] = next & 15 | (high >> 2 & 3) << 4;
                quants[k + 64] = low >> 4 & 15 | (high >> 4 & 3) << 4;
                quants[k + 96] = next >> 4 & 15 | (high >> 6 & 3) << 4;
            }
        }
        writeNibbles(256, words, to + 5 * width);
        for (int w = 0; w < 16; w++) {
            int bits = 0;
            for (int j = 0; j < 16; j++) {
                bits |= quants[16 * w + j] >> 4 << 2 * j;
            }
            words[to + (37 + w) * width] = bits;
        }
    }

    private void writeNibbles(int count, int[] words, int to) {
        for (int w = 0; w < count / 8; w++) {
            int bits = 0;
            for (int j = 0; j < 8; j++) {
                bits |= (quants[8 * w + j] & 15) << 4 * j;
            }
            words[to + w * width] = bits;
        }
    }

    private static void set(int[] words, int at, int shift, int index, int value) {
        words[at] = (index == 0 ? 0 : words[at]) | value << shift;
    }

    private int scale(ByteBuffer row, int at) {
        int bits = row.getShort(at) & 0xffff;
        Checks.check(HalfFloat.isFinite(bits), ErrorId.FILE_DAMAGED, this::notFinite);
        return bits;
    }

    private void requireFinite16(int bits) {
        int exponent = type == DType.BF16 ? 0x7f80 : 0x7c00;
        Checks.check((bits & exponent) != exponent, ErrorId.FILE_DAMAGED, this::notFinite);
    }

    String notFinite() {
        return "model: weight '" + name + "' holds NaN or infinity, type " + type;
    }
}
