package dev.locret.format;

import java.nio.ByteBuffer;

/** Blocks of 256 weights of ggml's K types: sub-blocks with scales of 6 or 8 bits under one scale of 16. */
final class KBlocks {
    private static final int SIZE = 256;
    private static final int SUB_BLOCK = 32;

    private KBlocks() {}

    /** Scale of 16 bits, minimum of 16, twelve bytes of scales and minima, 128 bytes of nibbles. */
    static void q4(ByteBuffer in, int from, float[] out, int at) {
        int nibbles = from + 16;
        for (int sub = 0; sub < SIZE / SUB_BLOCK; sub++) {
            float scale = Dequantizer.f16(in, from) * scale(in, from + 4, sub);
            float min = Dequantizer.f16(in, from + 2) * min(in, from + 4, sub);
            for (int j = 0; j < SUB_BLOCK; j++) {
                int low = in.get(nibbles + sub / 2 * SUB_BLOCK + j) >> sub % 2 * 4 & 15;
                out[at + sub * SUB_BLOCK + j] = scale * low - min;
            }
        }
    }

    /** As {@link #q4} with 32 bytes of fifth bits before the nibbles: bit s of byte j for weight j of sub-block s. */
    static void q5(ByteBuffer in, int from, float[] out, int at) {
        int highBits = from + 16;
        int nibbles = highBits + SUB_BLOCK;
        for (int sub = 0; sub < SIZE / SUB_BLOCK; sub++) {
            float scale = Dequantizer.f16(in, from) * scale(in, from + 4, sub);
            float min = Dequantizer.f16(in, from + 2) * min(in, from + 4, sub);
            for (int j = 0; j < SUB_BLOCK; j++) {
                int low = in.get(nibbles + sub / 2 * SUB_BLOCK + j) >> sub % 2 * 4 & 15;
                int high = in.get(highBits + j) >> sub & 1;
                out[at + sub * SUB_BLOCK + j] = scale * (low | high << 4) - min;
            }
        }
    }

    /** 128 bytes of low nibbles, 64 of upper bit pairs, 16 signed scales of 16 weights each, one scale of 16 bits. */
    static void q6(ByteBuffer in, int from, float[] out, int at) {
        int pairs = from + 128;
        int scales = pairs + 64;
        float common = Dequantizer.f16(in, scales + 16);
        for (int i = 0; i < SIZE; i++) {
            int half = i / 128;
            int within = i % 128;
            int low = in.get(from + half * 64 + within % 64) >> within / 64 * 4 & 15;
            int high = in.get(pairs + half * 32 + within % 32) >> within / 32 * 2 & 3;
            out[at + i] = common * in.get(scales + i / 16) * ((low | high << 4) - 32);
        }
    }

    /** Scales of sub-blocks 4 to 7 keep their upper two bits in those of 0 to 3. */
    private static int scale(ByteBuffer in, int from, int sub) {
        return sub < 4 ? in.get(from + sub) & 63 : in.get(from + sub + 4) & 15 | (in.get(from + sub - 4) >> 6 & 3) << 4;
    }

    private static int min(ByteBuffer in, int from, int sub) {
        return sub < 4
                ? in.get(from + sub + 4) & 63
                : in.get(from + sub + 4) >> 4 & 15 | (in.get(from + sub) >> 6 & 3) << 4;
    }
}
