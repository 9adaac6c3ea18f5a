package dev.locret.train;

import dev.locret.backend.Backend;
import dev.locret.backend.DeviceBuffer;
import dev.locret.backend.DeviceWeight;
import dev.locret.backend.Matrix;
import dev.locret.backend.TrainingOperations;
import dev.locret.format.Dequantizer;
import dev.locret.format.ModelConfig;
import dev.locret.format.WeightSource;
import dev.locret.tensor.HostTensor;

/** {@code W_Oᵀ W_O} of each query head: with it the norm of what a value adds to the residual stream is a product. */
final class OutputGrams {
    private final Backend backend;
    private final TrainingOperations operations;
    private final ModelConfig config;
    private final Matrix[] layers;

    OutputGrams(WeightSource source, Backend backend, TrainingOperations operations) {
        this.backend = backend;
        this.operations = operations;
        this.config = source.config();
        this.layers = new Matrix[config.layers()];
        for (int layer = 0; layer < layers.length; layer++) {
            layers[layer] = read(source, layer);
        }
    }

    /** Floats that the constructor keeps. */
    static long floats(ModelConfig config) {
        return (long) config.layers() * config.heads() * config.headDim() * config.headDim();
    }

    /** {@code [heads · headDim, headDim]}. */
    Matrix of(int layer) {
        return layers[layer];
    }

    private Matrix read(WeightSource source, int layer) {
        int dim = config.headDim();
        int columns = config.heads() * dim;
        String name = "model.layers." + layer + ".self_attn.o_proj.weight";
        HostTensor weight = source.require(name, config.hiddenSize(), columns);
        float[] floats = Dequantizer.rows(weight, 0, config.hiddenSize());
        DeviceBuffer buffer = backend.loadFloats(TrainedHeads.tensor(name, 1, floats.length, floats));
        Matrix output = Matrix.of(buffer, columns);
        float[] grams = new float[config.heads() * dim * dim];
        for (int head = 0; head < config.heads(); head++) {
            DeviceWeight gram = operations.zeros(name + " gram " + head, dim, dim);
            Matrix one = output.slice(head * dim, dim);
            operations.weightGradient(one, config.hiddenSize(), one, gram, false);
            System.arraycopy(operations.download(gram), 0, grams, head * dim * dim, dim * dim);
        }
        return Matrix.of(backend.loadFloats(TrainedHeads.tensor(name + " grams", 1, grams.length, grams)), dim);
    }
}
