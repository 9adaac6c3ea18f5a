package dev.locret.train;

import dev.locret.backend.Backend;
import dev.locret.backend.DeviceWeight;
import dev.locret.backend.Matrix;
import dev.locret.backend.Projection;
import dev.locret.backend.TrainingOperations;
import dev.locret.eviction.ValueGrams;
import dev.locret.format.ModelConfig;
import dev.locret.format.WeightSource;
import java.util.List;

/**
 * Norms of what a value adds to the residual stream, over the output projections of its group of query heads:
 * {@code ‖W_O v‖² = vᵀ (Σ W_Oᵀ W_O) v}, the sum taken once for each KV head.
 */
final class ValueNorms {
    /** Logarithms below are cut: of probabilities and norms that round to nothing. */
    static final float FLOOR = -20;

    private final Backend backend;
    private final TrainingOperations operations;
    private final int headDim;
    private final ValueGrams grams;
    private final Matrix projected;

    ValueNorms(WeightSource source, Backend backend, TrainingOperations operations, int maxRows) {
        ModelConfig config = source.config();
        this.backend = backend;
        this.operations = operations;
        this.headDim = config.headDim();
        this.grams = ValueGrams.load(source, backend);
        int width = config.kvHeads() * headDim;
        this.projected = Matrix.of(backend.allocate("projected values", (long) maxRows * width), width);
    }

    /** Floats that the constructor keeps. */
    static long floats(ModelConfig config, int maxRows) {
        long gram = (long) config.kvHeads() * config.headDim() * config.headDim();
        return config.layers() * gram + (long) maxRows * config.kvHeads() * config.headDim();
    }

    /**
     * Cuts logarithms of probabilities at the floor and adds the logarithms of the norms.
     *
     * @param values {@code [rows, kvHeads · headDim]}
     * @param labels {@code [rows, kvHeads]}
     */
    void add(int layer, Matrix values, int rows, Matrix labels) {
        List<DeviceWeight> weights = grams.layers().get(layer);
        for (int head = 0; head < weights.size(); head++) {
            Matrix out = projected.slice(head * headDim, headDim);
            List<Projection> gram = List.of(new Projection(weights.get(head), null, out));
            backend.linear(values.slice(head * headDim, headDim), rows, gram, false);
        }
        operations.addLogNorms(labels, rows, values, projected, FLOOR);
    }
}
