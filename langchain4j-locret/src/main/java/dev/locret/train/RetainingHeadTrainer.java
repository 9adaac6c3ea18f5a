package dev.locret.train;

import dev.locret.backend.AttentionPeak;
import dev.locret.backend.Backend;
import dev.locret.backend.Matrix;
import dev.locret.backend.ScoreLoss;
import dev.locret.backend.TrainingOperations;
import dev.locret.cache.KvCache;
import dev.locret.common.ErrorId;
import dev.locret.common.LocretException;
import dev.locret.format.ModelConfig;
import dev.locret.format.WeightSource;
import dev.locret.model.Decoder;
import dev.locret.model.Segment;
import java.util.Arrays;

/**
 * Trains retaining heads; the backbone is frozen (paper, section 3.2). The heads of a layer have weights of their own and
 * the loss is a mean over layers, so a step goes layer by layer: the whole sample passes one layer in chunks, the heads
 * of that layer learn from it, and its queries, keys and values are forgotten. What is held of a sample is its hidden
 * states and the activations of one layer.
 *
 * <p>Not safe for several threads.
 */
final class RetainingHeadTrainer {
    private final Backend backend;
    private final TrainingOperations operations;
    private final Decoder decoder;
    private final TrainedHeads heads;
    private final Recipe recipe;
    private final int chunkSize;
    private final KvCache cache;
    private final Matrix hidden;
    private final Matrix qkv;
    private final Matrix labels;
    private final ValueNorms valueNorms;
    private final LayerCapture capture;
    private final HeadUpdate update;

    private int step;

    /**
     * @param decoder of {@code source}, with room for {@code chunkSize} rows and {@code maxTokens} entries
     * @param heads heads to train, changed in place
     * @param step step to go on with, 0 at first
     */
    RetainingHeadTrainer(
            WeightSource source,
            Decoder decoder,
            TrainingOperations operations,
            TrainedHeads heads,
            Recipe recipe,
            int chunkSize,
            int maxTokens,
            int step) {
        ModelConfig config = decoder.config();
        this.backend = decoder.backend();
        this.operations = operations;
        this.decoder = decoder;
        this.heads = heads;
        this.recipe = recipe;
        this.chunkSize = chunkSize;
        this.step = step;
        this.cache = KvCache.allocateShared(backend, config, maxTokens);
        this.hidden = matrix("hidden states of a sample", maxTokens, config.hiddenSize());
        this.qkv = matrix("queries, keys and values of a sample", maxTokens, qkvWidth(config));
        this.labels = matrix("labels", maxTokens, config.kvHeads());
        this.valueNorms = recipe.label().valueNorm() ? new ValueNorms(source, backend, operations, maxTokens) : null;
        boolean errors = recipe.label().peak() == AttentionPeak.EVICTION_ERROR;
        OutputGrams grams = errors ? new OutputGrams(source, backend, operations) : null;
        this.capture = new LayerCapture(decoder, operations, recipe, grams, qkv, labels);
        this.update = new HeadUpdate(backend, operations, heads.layer(0), maxTokens, chunkSize);
    }

    static int qkvWidth(ModelConfig config) {
        return (config.heads() + 2 * config.kvHeads()) * config.headDim();
    }

    private Matrix matrix(String name, int rows, int columns) {
        return Matrix.of(backend.allocate(name, (long) rows * columns), columns);
    }

    /** Number of the next step. */
    int nextStep() {
        return step;
    }

    /**
     * Learns from a sample.
     *
     * @throws LocretException ({@code numerics}) if the loss is not a number; the heads of that layer are left alone
     */
    StepResult step(TrainingSample sample) {
        long start = System.nanoTime();
        long forward = 0;
        ModelConfig config = decoder.config();
        int rows = sample.rows();
        double perScore = 1.0 / ((double) config.layers() * config.kvHeads() * rows);
        double perDifference = 1.0 / ((double) config.kvHeads() * (rows - 1));
        ScoreLoss.Factors factors = new ScoreLoss.Factors(
                perScore, recipe.expectile(), recipe.smoothing() * perDifference, recipe.loss() == Recipe.Loss.RANKING);
        Matrix read = qkv.from(sample.kept());
        Matrix wanted = labels.from(sample.kept());
        double loss = 0;
        double smooth = 0;
        embed(sample);
        for (int layer = 0; layer < config.layers(); layer++) {
            long before = System.nanoTime();
            forward(sample, layer, layer < config.layers() - 1);
            forward += System.nanoTime() - before;
            if (valueNorms != null) {
                Matrix values = read.slice((config.heads() + config.kvHeads()) * config.headDim(), valueWidth(config));
                valueNorms.add(layer, values, rows, wanted);
            }
            ScoreLoss found = update.gradients(heads.layer(layer), read, rows, wanted, factors);
            requireFinite(found, layer, sample);
            update.step(heads.layer(layer), recipe.rule(step));
            loss += found.labelled() * perScore;
            smooth += found.uneven() * perDifference;
        }
        StepResult result = new StepResult(
                step,
                loss,
                smooth,
                loss + recipe.smoothing() * smooth,
                recipe.learningRate(step),
                sample.tokens().length,
                forward,
                System.nanoTime() - start);
        step++;
        return result;
    }

    private static int valueWidth(ModelConfig config) {
        return config.kvHeads() * config.headDim();
    }

    private void requireFinite(ScoreLoss loss, int layer, TrainingSample sample) {
        if (!Double.isFinite(loss.labelled()) || !Double.isFinite(loss.uneven())) {
            throw new LocretException(
                    ErrorId.NUMERICS,
                    "train: loss is not a number: step=" + step + ", layer=" + layer + ", loss=" + loss.labelled()
                            + ", sample=" + sample.source());
        }
    }

    private void embed(TrainingSample sample) {
        cache.clear();
        for (int begin = 0; begin < sample.tokens().length; begin += chunkSize) {
            decoder.embed(segment(sample, begin), hidden.from(begin));
        }
    }

    private void forward(TrainingSample sample, int layer, boolean finish) {
        cache.clear();
        cache.expect(sample.tokens().length);
        capture.begin(sample);
        for (int begin = 0; begin < sample.tokens().length; begin += chunkSize) {
            Segment segment = segment(sample, begin);
            decoder.layer(layer, segment, hidden.from(begin), finish);
            cache.advance(segment.tokenIds().length);
        }
    }

    private Segment segment(TrainingSample sample, int begin) {
        int end = Math.min(sample.tokens().length, begin + chunkSize);
        return new Segment(cache, Arrays.copyOfRange(sample.tokens(), begin, end), capture, 1, false);
    }
}
