package dev.locret.train;

import dev.locret.backend.Backend;
import dev.locret.backend.DeviceWeight;
import dev.locret.backend.TrainingOperations;
import dev.locret.eviction.RetainingHeads;
import dev.locret.format.Dequantizer;
import dev.locret.format.ModelConfig;
import dev.locret.tensor.DType;
import dev.locret.tensor.HostTensor;
import dev.locret.tensor.Shape;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Random;

/** Retaining heads on the device as float masters, with what AdamW keeps of each weight. */
final class TrainedHeads {
    /** A weight and its moments. */
    record Parameter(DeviceWeight weight, DeviceWeight mean, DeviceWeight square) {
        Parameter(HostTensor initial, Backend backend, TrainingOperations operations) {
            this(
                    backend.load(initial),
                    operations.zeros(initial.name() + ".mean", (int) initial.rows(), (int) initial.columns()),
                    operations.zeros(initial.name() + ".square", (int) initial.rows(), (int) initial.columns()));
        }
    }

    /** The heads of one layer. */
    record Layer(Parameter fc1, Parameter fc2) {}

    private final Layer[] layers;

    TrainedHeads(Layer[] layers) {
        this.layers = layers;
    }

    /** Heads of anybody, to go on from. */
    static TrainedHeads from(RetainingHeads heads, Backend backend, TrainingOperations operations) {
        Layer[] layers = new Layer[heads.fc1().length];
        for (int i = 0; i < layers.length; i++) {
            layers[i] = new Layer(
                    new Parameter(floats(heads.fc1()[i]), backend, operations),
                    new Parameter(floats(heads.fc2()[i]), backend, operations));
        }
        return new TrainedHeads(layers);
    }

    /**
     * New heads: uniform in {@code ±1/sqrt(inputs)}, as the authors' modules begin (PyTorch's default for a linear
     * layer).
     *
     * @param hidden {@code d_R}
     */
    static RetainingHeads initial(ModelConfig config, int hidden, long seed) {
        int inputs = (config.heads() + 2 * config.kvHeads()) * config.headDim();
        Random random = new Random(seed);
        HostTensor[] fc1 = new HostTensor[config.layers()];
        HostTensor[] fc2 = new HostTensor[config.layers()];
        for (int layer = 0; layer < fc1.length; layer++) {
            fc1[layer] = uniform(HeadNames.of(layer, 1), hidden, inputs, random);
            fc2[layer] = uniform(HeadNames.of(layer, 2), config.kvHeads(), hidden, random);
        }
        return new RetainingHeads("new", hidden, fc1, fc2);
    }

    private static HostTensor uniform(String name, int rows, int columns, Random random) {
        float bound = (float) (1 / Math.sqrt(columns));
        float[] values = new float[Math.multiplyExact(rows, columns)];
        for (int i = 0; i < values.length; i++) {
            values[i] = (2 * random.nextFloat() - 1) * bound;
        }
        return tensor(name, rows, columns, values);
    }

    private static HostTensor floats(HostTensor tensor) {
        int rows = Math.toIntExact(tensor.rows());
        return tensor(tensor.name(), rows, Math.toIntExact(tensor.columns()), Dequantizer.rows(tensor, 0, rows));
    }

    /** A tensor of floats in memory. */
    static HostTensor tensor(String name, int rows, int columns, float[] values) {
        ByteBuffer bytes =
                ByteBuffer.allocate(Math.multiplyExact(4, values.length)).order(ByteOrder.LITTLE_ENDIAN);
        bytes.asFloatBuffer().put(values);
        return new HostTensor(name, DType.F32, Shape.of(rows, columns), (offset, length) -> bytes.slice(
                        Math.toIntExact(offset), length)
                .order(ByteOrder.LITTLE_ENDIAN));
    }

    int layers() {
        return layers.length;
    }

    Layer layer(int layer) {
        return layers[layer];
    }

    /** {@code d_R}. */
    int hidden() {
        return layers[0].fc1().weight().rows();
    }
}
