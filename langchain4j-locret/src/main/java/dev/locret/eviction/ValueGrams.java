package dev.locret.eviction;

import dev.locret.backend.Backend;
import dev.locret.backend.DeviceWeight;
import dev.locret.format.Dequantizer;
import dev.locret.format.ModelConfig;
import dev.locret.format.WeightSource;
import dev.locret.tensor.DType;
import dev.locret.tensor.HostTensor;
import dev.locret.tensor.Shape;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;

/**
 * What norms of values are taken with: {@code ‖W_O v‖² = vᵀ (Σ W_Oᵀ W_O) v} for each KV head, the sum taken once over the
 * output projections of the query heads that share it.
 *
 * @param layers {@code [layers][kvHeads]}, each {@code [headDim, headDim]}
 */
public record ValueGrams(List<List<DeviceWeight>> layers) {
    /** Computes them from a model's weights. */
    public static ValueGrams load(WeightSource source, Backend backend) {
        List<List<DeviceWeight>> layers = new ArrayList<>();
        for (int layer = 0; layer < source.config().layers(); layer++) {
            layers.add(layer(source, backend, "model.layers." + layer + ".self_attn.o_proj.weight"));
        }
        return new ValueGrams(List.copyOf(layers));
    }

    /** Bytes that {@link #load} occupies. */
    public static long bytes(Backend backend, ModelConfig config) {
        HostTensor one = gram("gram", new float[0], config.headDim(), 0);
        return Math.multiplyExact((long) config.layers() * config.kvHeads(), backend.weightBytes(one));
    }

    private static List<DeviceWeight> layer(WeightSource source, Backend backend, String name) {
        ModelConfig config = source.config();
        int dim = config.headDim();
        HostTensor weight = source.require(name, config.hiddenSize(), config.heads() * dim);
        float[] sums = new float[config.kvHeads() * dim * dim];
        float[] row = new float[config.heads() * dim];
        for (int i = 0; i < config.hiddenSize(); i++) {
            Dequantizer.rows(weight, i, 1, row, 0);
            for (int head = 0; head < config.heads(); head++) {
                addSquare(row, head * dim, dim, sums, head / config.groupSize() * dim * dim);
            }
        }
        List<DeviceWeight> grams = new ArrayList<>();
        for (int head = 0; head < config.kvHeads(); head++) {
            grams.add(backend.load(gram(name + " gram " + head, sums, dim, head * dim * dim)));
        }
        return List.copyOf(grams);
    }

    /** Adds the outer product of a vector with itself. */
    private static void addSquare(float[] x, int from, int dim, float[] sums, int to) {
        for (int i = 0; i < dim; i++) {
            float factor = x[from + i];
            for (int j = 0; j < dim; j++) {
                sums[to + i * dim + j] += factor * x[from + j];
            }
        }
    }

    private static HostTensor gram(String name, float[] sums, int dim, int from) {
        return new HostTensor(name, DType.F32, Shape.of(dim, dim), (offset, length) -> {
            ByteBuffer bytes = ByteBuffer.allocate(length).order(ByteOrder.LITTLE_ENDIAN);
            bytes.asFloatBuffer().put(sums, from + Math.toIntExact(offset / 4), length / 4);
            return bytes;
        });
    }
}
