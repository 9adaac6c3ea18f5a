package dev.locret.backend;

/**
 * Loss of a layer's scores, and the weights of its parts in a mean over all layers.
 *
 * @param labelled sum of SmoothL1, weighted, over rows and KV heads
 * @param uneven sum of squared differences of neighbouring rows' scores
 */
public record ScoreLoss(double labelled, double uneven) {
    /**
     * Factors of the two sums in what is minimised.
     *
     * @param labelled on SmoothL1
     * @param low share of scores below their labels, as in an expectile: they weigh {@code 2 · low}, those above
     *     {@code 2 · (1 - low)}; a half is SmoothL1 as it stands
     * @param uneven on squared differences
     */
    public record Factors(double labelled, double low, double uneven) {}
}
