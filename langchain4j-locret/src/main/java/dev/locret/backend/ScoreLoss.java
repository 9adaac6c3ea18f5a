package dev.locret.backend;

/**
 * Loss of a layer's scores, and the weights of its parts in a mean over all layers.
 *
 * @param labelled sum over rows and KV heads: of SmoothL1, weighted, or of the mean logistic loss of a row's pairs
 * @param uneven sum of squared differences of neighbouring rows' scores
 */
public record ScoreLoss(double labelled, double uneven) {
    /** Pairs that a row begins in a loss of ranking. */
    private static final int PAIRS = 16;

    /**
     * How far behind each row the rows are that a loss of ranking compares it with, those behind the last being the first:
     * the same for all rows, from 1 to half of them, each about the same factor above the last.
     */
    public static int[] pairDistances(int rows) {
        int[] distances = new int[PAIRS];
        for (int pair = 0; pair < PAIRS; pair++) {
            distances[pair] = (int) Math.round(Math.pow(Math.max(1, rows / 2.0), (double) pair / (PAIRS - 1)));
        }
        return distances;
    }

    /**
     * Factors of the two sums in what is minimised.
     *
     * @param labelled on SmoothL1
     * @param low share of scores below their labels, as in an expectile: they weigh {@code 2 · low}, those above
     *     {@code 2 · (1 - low)}; a half is SmoothL1 as it stands
     * @param uneven on squared differences
     * @param ranking whether pairs of rows are put in the order of their labels, instead of each score to its label
     */
    public record Factors(double labelled, double low, double uneven, boolean ranking) {
        /** Each score to its label. */
        public Factors(double labelled, double low, double uneven) {
            this(labelled, low, uneven, false);
        }
    }
}
