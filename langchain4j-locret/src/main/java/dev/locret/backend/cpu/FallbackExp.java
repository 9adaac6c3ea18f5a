package dev.locret.backend.cpu;

/**
 * Exponentials of many floats with the bits of {@link ExpApproximation}. JDK 17 does not vectorise what mixes floats with
 * their bits, so the polynomial runs first, and the powers of two are multiplied to it after.
 */
final class FallbackExp {
    /** Most floats at a time. */
    static final int BLOCK = 256;

    private final float[] rounded = new float[BLOCK];
    private final float[] polynomial = new float[BLOCK];

    /**
     * {@code x[i] = exp(x[i])} for {@code i < n}.
     *
     * @param n at most {@link #BLOCK}
     */
    void run(float[] x, int n) {
        polynomials(x, rounded, polynomial, n);
        powers(x, rounded, polynomial, n);
    }

    private static void polynomials(float[] x, float[] rounded, float[] polynomial, int n) {
        for (int i = 0; i < n; i++) {
            float clamped = Math.min(Math.max(x[i], ExpApproximation.MIN), ExpApproximation.MAX);
            float shifted = Math.fma(clamped, ExpApproximation.LOG2_E, ExpApproximation.ROUND);
            float power = shifted - ExpApproximation.ROUND;
            float r = Math.fma(power, -ExpApproximation.LN2_LOW, Math.fma(power, -ExpApproximation.LN2_HIGH, clamped));
            float p = Math.fma(ExpApproximation.C6, r, ExpApproximation.C5);
            p = Math.fma(p, r, ExpApproximation.C4);
            p = Math.fma(p, r, ExpApproximation.C3);
            p = Math.fma(p, r, ExpApproximation.C2);
            p = Math.fma(p, r, 1f);
            p = Math.fma(p, r, 1f);
            rounded[i] = shifted;
            polynomial[i] = p;
        }
    }

    /** The last nine bits of a rounded float are the power of two. */
    private static void powers(float[] x, float[] rounded, float[] polynomial, int n) {
        for (int i = 0; i < n; i++) {
            int bits = (Float.floatToRawIntBits(rounded[i]) + 127) << 23;
            x[i] = polynomial[i] * Float.intBitsToFloat(bits);
        }
    }
}
