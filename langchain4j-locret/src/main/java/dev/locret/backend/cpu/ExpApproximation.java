package dev.locret.backend.cpu;

/**
 * The exponential of a float with arithmetic alone, so that both kernels give the same bits: {@code 2^n · 2^f} with a
 * polynomial of degree 6 for {@code e^r}, {@code |r| <= ln(2)/2}. Relative error below 2e-7 (tested against
 * {@link Math#exp}).
 */
public final class ExpApproximation {
    /** Arguments are clamped to it; there {@code n} is -127 and the power's bits are those of 0, so the result is 0. */
    public static final float MIN = -88.03f;
    /** Above it the result would overflow; arguments are clamped to it. */
    public static final float MAX = 88.37f;

    public static final float LOG2_E = 1.44269504f;
    /** Adding and subtracting 1.5 · 2^23 rounds to an integer. */
    public static final float ROUND = 12582912f;

    public static final float LN2_HIGH = 0.693359375f;
    public static final float LN2_LOW = -2.12194440e-4f;

    public static final float C6 = 1.3981999e-3f;
    public static final float C5 = 8.3334519e-3f;
    public static final float C4 = 4.1665795e-2f;
    public static final float C3 = 1.6666665e-1f;
    public static final float C2 = 0.5f;

    private ExpApproximation() {}

    /** The exponential of {@code x}; 0 below about -87.7, NaN of NaN. */
    public static float exp(float x) {
        float clamped = Math.min(Math.max(x, MIN), MAX);
        float n = Math.fma(clamped, LOG2_E, ROUND) - ROUND;
        float r = Math.fma(n, -LN2_LOW, Math.fma(n, -LN2_HIGH, clamped));
        float p = Math.fma(C6, r, C5);
        p = Math.fma(p, r, C4);
        p = Math.fma(p, r, C3);
        p = Math.fma(p, r, C2);
        p = Math.fma(p, r, 1f);
        p = Math.fma(p, r, 1f);
        return p * Float.intBitsToFloat(((int) n + 127) << 23);
    }
}
