package dev.locret.backend.cpu;

/**
 * The innermost loops of the fallback products. What HotSpot makes of them hangs on their form: values are read before
 * any is written, since a store may change what another array holds and everything would be read again; and a loop over
 * more than ten arrays' elements is not vectorised by JDK 17.
 */
final class FallbackLoops {
    /** Sums that share what is read. */
    static final int TOGETHER = 4;
    /**
     * Floats to allocate beyond a row's own: with its header of 16 bytes an array of {@code 16 k + 12} floats is whole
     * cache lines, so that arrays made one after the other begin at one place within a line.
     */
    static final int PADDING = 12;

    private FallbackLoops() {}

    /** Arrays of {@code length} floats that lie alike. */
    static float[][] rows(int count, int length) {
        return new float[count][length + PADDING];
    }

    /**
     * {@code sums[r] += w[at + r · next] · x0 + w[at + r · next + step] · x1} for four arrays of sums.
     *
     * @param n elements
     */
    static void addTwo(
            int n,
            float[] x0,
            float[] x1,
            float[] w,
            int at,
            int next,
            int step,
            float[] s0,
            float[] s1,
            float[] s2,
            float[] s3) {
        float a0 = w[at];
        float a1 = w[at + next];
        float a2 = w[at + 2 * next];
        float a3 = w[at + 3 * next];
        float b0 = w[at + step];
        float b1 = w[at + next + step];
        float b2 = w[at + 2 * next + step];
        float b3 = w[at + 3 * next + step];
        for (int j = 0; j < n; j++) {
            float x = x0[j];
            float y = x1[j];
            float t0 = Math.fma(b0, y, Math.fma(a0, x, s0[j]));
            float t1 = Math.fma(b1, y, Math.fma(a1, x, s1[j]));
            float t2 = Math.fma(b2, y, Math.fma(a2, x, s2[j]));
            float t3 = Math.fma(b3, y, Math.fma(a3, x, s3[j]));
            s0[j] = t0;
            s1[j] = t1;
            s2[j] = t2;
            s3[j] = t3;
        }
    }

    /** {@code sums += w · x}. */
    static void addOne(int n, float[] x, float w, float[] sums) {
        for (int j = 0; j < n; j++) {
            sums[j] = Math.fma(w, x[j], sums[j]);
        }
    }
}
