package dev.locret.format;

import dev.locret.common.Checks;
import dev.locret.tensor.HalfFloat;
import dev.locret.tensor.HostTensor;
import java.nio.ByteBuffer;

/**
 * Values of packed weights, one at a time: the reference that faster kernels are compared with. Block layouts and the
 * order of the operations are ggml's, so results are equal to the bit.
 */
public final class Dequantizer {
    private static final int BLOCK = 32;
    /** Added where a type has no minimum: unlike 0 it leaves the sign of a zero. */
    private static final float NO_MIN = -0f;

    private Dequantizer() {}

    /** {@code count} rows of {@code tensor} from row {@code begin}: {@code [count, columns]}. */
    public static float[] rows(HostTensor tensor, long begin, int count) {
        long size = Math.multiplyExact((long) count, tensor.columns());
        Checks.argument(
                size <= Integer.MAX_VALUE,
                () -> "too many values for an array: rows=" + count + ", columns=" + tensor.columns());
        float[] out = new float[(int) size];
        rows(tensor, begin, count, out, 0);
        return out;
    }

    /** The same, written to {@code out} from {@code outOffset}. */
    public static void rows(HostTensor tensor, long begin, int count, float[] out, int outOffset) {
        Checks.argument(
                tensor.type().isFloating(),
                () -> "not a tensor of floats: tensor='" + tensor.name() + "', type=" + tensor.type());
        Checks.argument(
                begin >= 0 && count >= 0 && begin <= tensor.rows() - count,
                () -> "rows out of range: begin=" + begin + ", count=" + count + ", rows=" + tensor.rows());
        int end = Math.addExact(outOffset, Math.toIntExact(count * tensor.columns()));
        Checks.argument(
                outOffset >= 0 && end <= out.length,
                () -> "output too short: offset=" + outOffset + ", end=" + end + ", length=" + out.length);
        ByteBuffer in = tensor.rows(begin, count);
        int blockSize = tensor.type().blockSize();
        int blockBytes = tensor.type().blockBytes();
        for (int at = outOffset, from = 0; at < end; at += blockSize, from += blockBytes) {
            switch (tensor.type()) {
                case F32 -> out[at] = in.getFloat(from);
                case F16 -> out[at] = f16(in, from);
                case BF16 -> out[at] = HalfFloat.fromBf16(in.getShort(from));
                case Q4_0 -> q4(in, from + 2, f16(in, from), -8, NO_MIN, out, at);
                case Q4_1 -> q4(in, from + 4, f16(in, from), 0, f16(in, from + 2), out, at);
                case Q5_0 -> q5(in, from + 2, f16(in, from), -16, NO_MIN, out, at);
                case Q5_1 -> q5(in, from + 4, f16(in, from), 0, f16(in, from + 2), out, at);
                case Q8_0 -> q8(in, from, out, at);
                case Q4_K -> KBlocks.q4(in, from, out, at);
                case Q5_K -> KBlocks.q5(in, from, out, at);
                case Q6_K -> KBlocks.q6(in, from, out, at);
                default -> throw new IllegalStateException("no case for " + tensor.type());
            }
        }
    }

    static float f16(ByteBuffer in, int from) {
        return HalfFloat.fromF16(in.getShort(from));
    }

    /** 16 bytes: weight j in the low nibble of byte j, weight j + 16 in its high nibble. */
    private static void q4(ByteBuffer in, int from, float scale, int shift, float min, float[] out, int at) {
        for (int j = 0; j < BLOCK / 2; j++) {
            int pair = in.get(from + j) & 0xff;
            out[at + j] = scale * ((pair & 15) + shift) + min;
            out[at + j + BLOCK / 2] = scale * ((pair >> 4) + shift) + min;
        }
    }

    /** 32 fifth bits, then the low four as in {@link #q4}. */
    private static void q5(ByteBuffer in, int from, float scale, int shift, float min, float[] out, int at) {
        int high = in.getInt(from);
        for (int j = 0; j < BLOCK / 2; j++) {
            int pair = in.get(from + 4 + j) & 0xff;
            int low = pair & 15 | (high >>> j & 1) << 4;
            int upper = pair >> 4 | (high >>> j + BLOCK / 2 & 1) << 4;
            out[at + j] = scale * (low + shift) + min;
            out[at + j + BLOCK / 2] = scale * (upper + shift) + min;
        }
    }

    private static void q8(ByteBuffer in, int from, float[] out, int at) {
        float scale = f16(in, from);
        for (int j = 0; j < BLOCK; j++) {
            out[at + j] = in.get(from + 2 + j) * scale;
        }
    }
}
