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

/** Retaining heads that nobody trained, for models that have none. */
final class RandomHeads {
    private RandomHeads() {}

    static RetainingHeads of(ModelConfig config, int hidden) {
        Random random = new Random(hidden);
        Map<String, HostTensor> tensors = new HashMap<>();
        int inputs = (config.heads() + 2 * config.kvHeads()) * config.headDim();
        for (int layer = 0; layer < config.layers(); layer++) {
            put(tensors, layer, 1, hidden, inputs, random);
            put(tensors, layer, 2, config.kvHeads(), hidden, random);
        }
        return RetainingHeads.of(tensors, config, "random heads");
    }

    private static void put(Map<String, HostTensor> tensors, int layer, int fc, int rows, int columns, Random random) {
        String name = "model.layers." + layer + ".self_attn.fc" + fc + ".weight";
        byte[] content = new byte[4 * rows * columns];
        ByteBuffer floats = ByteBuffer.wrap(content).order(ByteOrder.LITTLE_ENDIAN);
        while (floats.hasRemaining()) {
            floats.putFloat((float) (random.nextGaussian() / Math.sqrt(columns)));
        }
        tensors.put(name, new HostTensor(name, DType.F32, Shape.of(rows, columns), (offset, length) -> ByteBuffer.wrap(
                        content, (int) offset, length)
                .slice()
                .order(ByteOrder.LITTLE_ENDIAN)));
    }
}
