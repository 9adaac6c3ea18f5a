package dev.locret.eval;

import java.util.Arrays;
import java.util.SplittableRandom;

/**
 * How far a ratio may be from the true one, with 95 % confidence, where what one document gives hangs together: percentile
 * bootstrap over whole documents, with a fixed seed. With a handful of documents it is too narrow.
 *
 * @param low lower end
 * @param high upper end
 */
record ClusterInterval(double low, double high) {
    private static final int DRAWS = 4000;
    private static final long SEED = 20260101;

    /**
     * @param found what was found in each document
     * @param of what it is divided by, of each document: its questions, or what full attention found
     * @return the interval of the sums' ratio, or null for fewer than two documents or if nothing is divided by
     */
    static ClusterInterval of(double[] found, double[] of) {
        if (found.length < 2 || Arrays.stream(of).sum() <= 0) {
            return null;
        }
        SplittableRandom random = new SplittableRandom(SEED);
        double[] ratios = new double[DRAWS];
        int drawn = 0;
        while (drawn < DRAWS) {
            double over = 0;
            double under = 0;
            for (int i = 0; i < found.length; i++) {
                int document = random.nextInt(found.length);
                over += found[document];
                under += of[document];
            }
            // Documents in which full attention finds nothing can come alone.
            if (under > 0) {
                ratios[drawn++] = over / under;
            }
        }
        Arrays.sort(ratios);
        return new ClusterInterval(ratios[DRAWS / 40], ratios[DRAWS - 1 - DRAWS / 40]);
    }
}
