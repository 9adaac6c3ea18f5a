package dev.locret.tensor;

/** Conversions between 16-bit floating point and 32 bits; those to 32 bits are exact for every value. */
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

    /** The IEEE 754 binary16 nearest to a number, the even one of two; beyond 65,504 infinity, and NaN stays NaN. */
    public static short toF16(float value) {
        int bits = Float.floatToRawIntBits(value);
        int sign = bits >>> 16 & 0x8000;
        int magnitude = bits & 0x7fffffff;
        if (magnitude > 0x7f800000) {
            return (short) (sign | 0x7e00);
        }
        // From 65,520 on, halfway to what would be the next number.
        if (magnitude >= 0x477ff000) {
            return (short) (sign | 0x7c00);
        }
        if (magnitude < 0x38800000) {
            // Subnormal: a sum with 0.5 rounds to multiples of 2^-24, which its lowest bits then count.
            return (short) (sign
                    | Float.floatToRawIntBits(Float.intBitsToFloat(magnitude) + 0.5f) - Float.floatToRawIntBits(0.5f));
        }
        return (short) (sign | (magnitude + 0xfff + (magnitude >>> 13 & 1) >>> 13) - (112 << 10));
    }

    /** Whether binary16 bits stand for a number. */
    public static boolean isFinite(int bits) {
        return (bits & 0x7c00) != 0x7c00;
    }
}
