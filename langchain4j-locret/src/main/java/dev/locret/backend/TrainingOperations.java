package dev.locret.backend;

/**
 * What training retaining heads needs beyond a forward. Made by {@link Backend#training} with scratch for a longest text;
 * the same rules hold as for {@link Backend}. Sums are taken in an order that depends on sizes alone, so that a run can
 * be repeated bit for bit.
 *
 * <p>Weights that are trained are floats; gradients and the moments of {@link AdamW} are weights of the same shape.
 */
public interface TrainingOperations {
    /** A weight of floats, all zero. */
    DeviceWeight zeros(String name, int rows, int columns);

    /** Copies a weight of floats to the host, {@code [rows, columns]}. */
    float[] download(DeviceWeight weight);

    /**
     * Raises {@code peaks[entry][kvHead]} to the largest value of {@code kind} that any of the given rows gives the
     * entry, over the query heads of the group.
     *
     * @param queries {@code [rows of the batch, heads · headDim]} before rotary embedding
     * @param segment appended before; its cache holds the text from its beginning
     * @param rows rows of the segment that count, ascending
     * @param grams {@code W_Oᵀ W_O} of each query head, {@code [heads · headDim, headDim]}, for eviction errors; else null
     * @param entries first entries of the cache that are looked at; a row looks at none behind it
     * @param peaks {@code [entries, kvHeads]}
     * @param first whether {@code peaks} holds nothing yet
     */
    void attentionPeaks(
            Matrix queries,
            RotaryTable rotary,
            KvSegment segment,
            int[] rows,
            AttentionPeak kind,
            Matrix grams,
            int entries,
            Matrix peaks,
            boolean first);

    /**
     * {@code labels = max(labels, floor) + max(½ · log(values · projected), floor)}, head by head.
     *
     * @param labels {@code [rows, kvHeads]}
     * @param values {@code [rows, kvHeads · headDim]}
     * @param projected values times the Gram matrix of what a norm is taken of, {@code [rows, kvHeads · headDim]}
     */
    void addLogNorms(Matrix labels, int rows, Matrix values, Matrix projected, float floor);

    /** {@code out = silu(in)}. */
    void silu(Matrix in, int rows, Matrix out);

    /** {@code gradient = gradient · silu'(in)}. */
    void siluGradient(Matrix in, int rows, Matrix gradient);

    /**
     * SmoothL1 of scores against labels, plus squared differences of neighbouring rows.
     *
     * @param scores {@code [rows, kvHeads]}
     * @param labels the same
     * @param gradient the same: set to the gradient of {@code factors · loss}
     */
    ScoreLoss scoreLoss(Matrix scores, Matrix labels, int rows, ScoreLoss.Factors factors, Matrix gradient);

    /**
     * {@code inGradient = outGradient · weight}.
     *
     * @param outGradient {@code [rows, weight.rows]}
     * @param inGradient {@code [rows, weight.columns]}
     */
    void inputGradient(Matrix outGradient, int rows, DeviceWeight weight, Matrix inGradient);

    /**
     * {@code gradient = outGradientᵀ · in}, or {@code gradient += …} if {@code accumulate}.
     *
     * @param in {@code [rows, gradient.columns]}
     * @param outGradient {@code [rows, gradient.rows]}
     */
    void weightGradient(Matrix in, int rows, Matrix outGradient, DeviceWeight gradient, boolean accumulate);

    /**
     * Moves a weight against its gradient.
     *
     * @param mean mean gradient, kept from step to step
     * @param square mean squared gradient, kept from step to step
     */
    void step(DeviceWeight weight, DeviceWeight gradient, DeviceWeight mean, DeviceWeight square, AdamW rule);
}
