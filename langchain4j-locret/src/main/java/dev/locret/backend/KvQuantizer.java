package dev.locret.backend;

import dev.locret.common.ErrorId;
import dev.locret.common.LocretException;
import dev.locret.tensor.HalfFloat;

/**
 * Converts keys and values to the blocks of {@link KvCacheType}, bit for bit as ggml's reference does. What was
 * converted once and read back converts to the same bits again.
 */
public final class KvQuantizer {
    private static final int BLOCK = 32;
    private static final float LARGEST_HALF = 65504;

    private KvQuantizer() {}

    /**
     * Writes a row, {@link KvCacheType#rowBytes} bytes from {@code out[at]}, little-endian.
     *
     * @param headDim dimensions from {@code x[from]}, whole blocks
     * @throws LocretException ({@code numerics}) for NaN and for what is too large for the type
     */
    public static void row(KvCacheType type, float[] x, int from, int headDim, byte[] out, int at) {
        switch (type) {
            case F16 -> {
                for (int j = 0; j < headDim; j++) {
                    require(type, x[from + j], LARGEST_HALF);
                    putHalf(x[from + j], out, at + 2 * j);
                }
            }
            case Q8_0 -> {
                for (int block = 0; block < headDim / BLOCK; block++) {
                    bytes(x, from + block * BLOCK, out, at + block * (2 + BLOCK));
                }
            }
            case Q4_0 -> {
                for (int block = 0; block < headDim / BLOCK; block++) {
                    nibbles(x, from + block * BLOCK, out, at + block * (2 + BLOCK / 2));
                }
            }
            case F32 -> throw new IllegalArgumentException("not packed: type=" + type);
        }
    }

    private static void bytes(float[] x, int from, byte[] out, int at) {
        float largest = Math.abs(x[largest(x, from)]);
        require(KvCacheType.Q8_0, largest, 127 * LARGEST_HALF);
        float scale = largest / 127;
        putHalf(scale, out, at);
        float inverse = scale == 0 ? 0 : 1 / scale;
        for (int j = 0; j < BLOCK; j++) {
            float scaled = x[from + j] * inverse;
            // Halves away from zero; the sum is exact in 64 bits.
            out[at + 2 + j] = (byte) (int) (scaled + Math.copySign(0.5, scaled));
        }
    }

    private static void nibbles(float[] x, int from, byte[] out, int at) {
        float largest = x[largest(x, from)];
        // The eightfold of the scale must be a half too: what is unpacked begins with it.
        require(KvCacheType.Q4_0, largest, LARGEST_HALF);
        float scale = largest / -8;
        putHalf(scale, out, at);
        float inverse = scale == 0 ? 0 : 1 / scale;
        for (int j = 0; j < BLOCK / 2; j++) {
            int low = nibble(x[from + j] * inverse);
            int high = nibble(x[from + j + BLOCK / 2] * inverse);
            out[at + 2 + j] = (byte) (low | high << 4);
        }
    }

    private static int nibble(float scaled) {
        return Math.min(15, (int) (scaled + 8.5f));
    }

    /** Index of the number of largest magnitude, the first of several; of NaN if there is one. */
    private static int largest(float[] x, int from) {
        int at = from;
        float best = Math.abs(x[from]);
        for (int j = from + 1; j < from + BLOCK; j++) {
            float magnitude = Math.abs(x[j]);
            if (magnitude > best || Float.isNaN(magnitude)) {
                at = j;
                best = magnitude;
            }
        }
        return at;
    }

    private static void require(KvCacheType type, float value, float limit) {
        if (!(Math.abs(value) <= limit)) {
            throw new LocretException(
                    ErrorId.NUMERICS,
                    "cache: key or value does not fit kv-cache-type=" + type + ": value=" + value + ", largest="
                            + (int) limit);
        }
    }

    private static void putHalf(float value, byte[] out, int at) {
        short bits = HalfFloat.toF16(value);
        out[at] = (byte) bits;
        out[at + 1] = (byte) (bits >> 8);
    }
}
