package dev.locret.tensor;

/** Conversions of 16-bit floating point to 32 bits, exact for every value. */
public final class HalfFloat {
    private HalfFloat() {}

    /** The value of IEEE 754 binary16 {@code bits}. */
    public static float fromF16(short bits) {
        int sign = (bits & 0x8000) << 16;
        int exponent = bits >> 10 & 0x1f;
        int mantissa = bits & 0x3ff;
        if (exponent == 0) {
            // Subnormal: mantissa * 2^-24, exact in 32 bits.
            return Float.intBitsToFloat(Float.floatToRawIntBits(mantissa * 0x1p-24f) | sign);
        }
        int biased = exponent == 0x1f ? 0xff : exponent + (127 - 15);
        return Float.intBitsToFloat(sign | biased << 23 | mantissa << 13);
    }

    /** The value of bfloat16 {@code bits}, the upper half of a 32-bit float. */
    public static float fromBf16(short bits) {
        return Float.intBitsToFloat(bits << 16);
    }

    /** The bfloat16 nearest to a number, the even one of two. */
    public static short toBf16(float value) {
        int bits = Float.floatToRawIntBits(value);
        if (Float.isNaN(value)) {
            return (short) (bits >>> 16 | 0x40);
        }
        return (short) (bits + 0x7fff + (bits >>> 16 & 1) >>> 16);
    }

    /** Whether binary16 bits stand for a number. */
    public static boolean isFinite(int bits) {
        return (bits & 0x7c00) != 0x7c00;
    }
}
