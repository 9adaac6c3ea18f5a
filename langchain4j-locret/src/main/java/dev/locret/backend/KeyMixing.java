package dev.locret.backend;

/**
 * A Hadamard transform of each 32 dimensions of a key, which four-bit caches take before they round: single dimensions
 * of keys are far larger than the rest, and would leave the others a few steps. It is its own inverse up to a factor of
 * 32, which is exact, and all of it is taken when a key is written.
 */
public final class KeyMixing {
    /** Dimensions that are mixed. */
    public static final int BLOCK = 32;

    private KeyMixing() {}

    /** Mixes a key in place. */
    public static void mix(float[] x, int from, int headDim) {
        unmix(x, from, headDim);
        for (int j = from; j < from + headDim; j++) {
            x[j] *= 1f / BLOCK;
        }
    }

    /** Undoes {@link #mix}. */
    public static void unmix(float[] x, int from, int headDim) {
        for (int block = from; block < from + headDim; block += BLOCK) {
            for (int half = 1; half < BLOCK; half *= 2) {
                for (int j = block; j < block + BLOCK; j++) {
                    if ((j - block & half) == 0) {
                        float a = x[j];
                        float b = x[j + half];
                        x[j] = a + b;
                        x[j + half] = a - b;
                    }
                }
            }
        }
    }
}
