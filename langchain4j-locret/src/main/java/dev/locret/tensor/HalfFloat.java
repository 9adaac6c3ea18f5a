package dev.locret.tensor;

/** IEEE 754 half precision; JDK 17 has no conversion of its own. */
public final class HalfFloat {
    private HalfFloat() {}

    /** Exact value of the half-precision bits in the lower 16 bits of {@code bits}. */
    public static float toFloat(int bits) {
        int magnitude = (bits & 0x7fff) << 13;
        // Scaling by 2^112 moves the exponent's bias from 15 to 127 and normalises subnormals on the way.
        float value = Float.intBitsToFloat(magnitude) * 0x1p112f;
        if ((bits & 0x7c00) == 0x7c00) {
            value = (bits & 0x3ff) == 0 ? Float.POSITIVE_INFINITY : Float.NaN;
        }
        return (bits & 0x8000) == 0 ? value : -value;
    }

    /** Whether the bits stand for a number. */
    public static boolean isFinite(int bits) {
        return (bits & 0x7c00) != 0x7c00;
    }
}
