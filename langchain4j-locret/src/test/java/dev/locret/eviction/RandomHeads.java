package dev.locret.eviction;

import dev.locret.format.ModelConfig;
import dev.locret.tensor.DType;
import dev.locret.tensor.HostTensor;
import dev.locret.tensor.Shape;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.HashMap;
import java.util.Map;
import java.util.Random;

/** Heads of every kind that nobody trained, for models that have none. */
final class RandomHeads {
    private static final int WIDTH = 16;

    private RandomHeads() {}

    /** Heads that a policy scores with; null for policies that need none. */
    static ScoringHeads of(String policy, ModelConfig config) {
        int inputs = (config.heads() + 2 * config.kvHeads()) * config.headDim();
        Map<String, HostTensor> tensors = new HashMap<>();
        for (int layer = 0; layer < config.layers(); layer++) {
            String attention = "model.layers." + layer + ".self_attn.";
            switch (policy) {
                case "locret" -> {
                    put(tensors, attention + "fc1.weight", WIDTH, inputs);
                    put(tensors, attention + "fc2.weight", config.kvHeads(), WIDTH);
                }
                case "trimkv" -> {
                    put(tensors, attention + "retention_gate.linear1.weight", WIDTH, config.hiddenSize());
                    put(tensors, attention + "retention_gate.linear1.bias", WIDTH);
                    put(tensors, attention + "retention_gate.linear2.weight", config.kvHeads(), WIDTH);
                    put(tensors, attention + "retention_gate.bias", config.kvHeads());
                }
                case "kvzap" -> {
                    put(tensors, "layers." + layer + ".weight", config.kvHeads(), config.hiddenSize());
                    put(tensors, "layers." + layer + ".bias", config.kvHeads());
                }
                default -> {
                    return null;
                }
            }
        }
        return ScoringHeads.of(tensors, config, "random heads");
    }

    private static void put(Map<String, HostTensor> tensors, String name, long... shape) {
        HostTensor tensor = tensor(name, Shape.of(shape));
        tensors.put(name, tensor);
    }

    private static HostTensor tensor(String name, Shape shape) {
        Random random = new Random(name.hashCode());
        byte[] content = new byte[(int) (4 * shape.rows() * shape.columns())];
        ByteBuffer floats = ByteBuffer.wrap(content).order(ByteOrder.LITTLE_ENDIAN);
        while (floats.hasRemaining()) {
            floats.putFloat((float) (random.nextGaussian() / Math.sqrt(shape.columns())));
        }
        return new HostTensor(name, DType.F32, shape, (offset, length) -> ByteBuffer.wrap(content, (int) offset, length)
                .slice()
                .order(ByteOrder.LITTLE_ENDIAN));
    }
}
