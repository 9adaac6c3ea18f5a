package dev.locret.backend.cpu;

/**
 * The exact GELU, {@code x · Φ(x)}, in doubles: the error function's series where few terms are enough, and its continued
 * fraction in the tails, where the series would cancel.
 */
final class GeluFunction {
    private static final double TAIL = 3;
    /** Levels of the fraction that give a double's precision from {@link #TAIL} on. */
    private static final int LEVELS = 40;

    private GeluFunction() {}

    static void apply(float[] x, int from, int count) {
        for (int i = from; i < from + count; i++) {
            x[i] = (float) (x[i] * 0.5 * complementaryError(-x[i] * Math.sqrt(0.5)));
        }
    }

    /** {@code 1 - erf(z)}. */
    private static double complementaryError(double z) {
        double size = Math.abs(z);
        double positive = size < TAIL ? 1 - series(size) : fraction(size);
        return z >= 0 ? positive : 2 - positive;
    }

    /** {@code erf(z) = 2/√π · exp(-z²) · Σ 2ⁿ z²ⁿ⁺¹ / (1 · 3 · … · (2n + 1))}. */
    private static double series(double z) {
        double term = z;
        double sum = z;
        for (int n = 1; term > sum * 1e-17; n++) {
            term *= 2 * z * z / (2 * n + 1);
            sum += term;
        }
        return 2 / Math.sqrt(Math.PI) * Math.exp(-z * z) * sum;
    }

    /** {@code erfc(z) = exp(-z²)/√π · 1/(z + (1/2)/(z + (2/2)/(z + (3/2)/(z + …))))}. */
    private static double fraction(double z) {
        double below = z;
        for (int level = LEVELS; level > 0; level--) {
            below = z + level / 2.0 / below;
        }
        return Math.exp(-z * z) / (Math.sqrt(Math.PI) * below);
    }
}
