package dev.locret.train;

/**
 * A step of training.
 *
 * @param step counted from 0
 * @param loss mean of SmoothL1 over layers, KV heads and scored tokens
 * @param smoothLoss sum over layers of the mean squared difference of neighbouring scores
 * @param total what is minimised: {@code loss + smoothing · smoothLoss}
 * @param learningRate learning rate of the step
 * @param tokens tokens of the sample
 * @param forwardNanos time of the backbone alone
 * @param nanos time of the step
 */
public record StepResult(
        int step,
        double loss,
        double smoothLoss,
        double total,
        double learningRate,
        int tokens,
        long forwardNanos,
        long nanos) {}
