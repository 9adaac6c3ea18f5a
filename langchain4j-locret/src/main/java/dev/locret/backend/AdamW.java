package dev.locret.backend;

/**
 * One step of AdamW (Loshchilov and Hutter), computed as PyTorch does, after each value of the gradient was clipped.
 *
 * @param step 1 for the first
 * @param learningRate of this step
 * @param beta1 decay of the mean gradient
 * @param beta2 decay of the mean squared gradient
 * @param epsilon added to the root of the mean square
 * @param weightDecay share of a weight that is taken away, times the learning rate
 * @param clipValue largest absolute value of a gradient
 */
public record AdamW(
        int step,
        double learningRate,
        double beta1,
        double beta2,
        double epsilon,
        double weightDecay,
        double clipValue) {}
