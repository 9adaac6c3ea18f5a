package dev.locret.backend;

/**
 * Loss of a layer's scores, and the weights of its parts in a mean over all layers.
 *
 * @param labelled sum of SmoothL1 over rows and KV heads
 * @param uneven sum of squared differences of neighbouring rows' scores
 */
public record ScoreLoss(double labelled, double uneven) {
    /**
     * Factors of the two sums in what is minimised.
     *
     * @param labelled on SmoothL1
     * @param uneven on squared differences
     */
    public record Factors(double labelled, double uneven) {}
}
