package dev.locret.train;

import dev.locret.backend.Backend;
import dev.locret.backend.KvSegment;
import dev.locret.backend.Matrix;
import dev.locret.backend.TrainingOperations;
import dev.locret.eviction.EvictionPolicy;
import dev.locret.model.Decoder;
import java.util.Arrays;
import java.util.stream.IntStream;

/**
 * Keeps what the heads of the layer at hand read of a sample, and finds what they should say: takes the place of a policy
 * in the forward, which shows it the queries, keys and values of each chunk.
 */
final class LayerCapture implements EvictionPolicy {
    private final Decoder decoder;
    private final TrainingOperations operations;
    private final Recipe.Label label;
    private final OutputGrams grams;
    private final Matrix qkv;
    private final Matrix labels;

    private TrainingSample sample;
    private boolean labelled;

    /**
     * @param grams null unless the label needs them
     * @param qkv {@code [tokens, (heads + 2 · kvHeads) · headDim]}: those of the scored tokens
     * @param labels {@code [tokens, kvHeads]}
     */
    LayerCapture(
            Decoder decoder,
            TrainingOperations operations,
            Recipe.Label label,
            OutputGrams grams,
            Matrix qkv,
            Matrix labels) {
        this.decoder = decoder;
        this.operations = operations;
        this.label = label;
        this.grams = grams;
        this.qkv = qkv;
        this.labels = labels;
    }

    /** Starts a layer over a sample. */
    void begin(TrainingSample of) {
        sample = of;
        labelled = false;
    }

    @Override
    public String name() {
        return "training";
    }

    @Override
    public boolean evicts() {
        return false;
    }

    @Override
    public void scoreNewTokens(Backend backend, int layer, Matrix chunk, KvSegment segment, int pooling) {
        int begin = segment.firstPosition();
        int copied = Math.min(segment.rows(), sample.scored() - begin);
        if (copied > 0) {
            backend.gatherRows(chunk, IntStream.range(0, copied).toArray(), qkv.from(begin));
        }
        int[] rows = labelRows(begin, begin + segment.rows());
        if (rows.length > 0) {
            operations.attentionPeaks(
                    chunk,
                    decoder.rotary(sample.tokens().length),
                    segment,
                    rows,
                    label.peak(),
                    grams == null ? null : grams.of(layer),
                    sample.scored(),
                    labels,
                    !labelled);
            labelled = true;
        }
    }

    private int[] labelRows(int begin, int end) {
        return Arrays.stream(sample.labelTokens())
                .filter(token -> token >= begin && token < end)
                .map(token -> token - begin)
                .toArray();
    }
}
