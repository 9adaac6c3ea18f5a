package dev.locret.eviction;

import dev.locret.common.Checks;
import dev.locret.common.ErrorId;
import dev.locret.format.ModelConfig;
import dev.locret.tensor.HostTensor;
import dev.locret.tensor.Shape;
import java.util.Map;

/**
 * Trained retaining heads of a model, checked against it: per layer {@code fc1 [d_R, (heads + 2 · kvHeads) · headDim]}
 * and {@code fc2 [kvHeads, d_R]} (paper, section 3.1).
 *
 * @param source file, for messages
 * @param hidden {@code d_R}
 * @param fc1 first layer of each block
 * @param fc2 second layer of each block
 */
public record RetainingHeads(String source, int hidden, HostTensor[] fc1, HostTensor[] fc2) {
    /**
     * Finds the heads of {@code config} among the tensors of a heads file.
     *
     * @throws dev.locret.common.LocretException if a layer is missing or too much, or a shape is another model's
     */
    public static RetainingHeads of(Map<String, HostTensor> tensors, ModelConfig config, String source) {
        int inputs = (config.heads() + 2 * config.kvHeads()) * config.headDim();
        HostTensor[] fc1 = new HostTensor[config.layers()];
        HostTensor[] fc2 = new HostTensor[config.layers()];
        long hidden = require(tensors, name(0, 1), source).rows();
        Checks.check(
                hidden >= 1 && hidden <= 1 << 20,
                ErrorId.HEADS_MISMATCH,
                () -> "heads: width out of range: d_R=" + hidden + ", allowed=1..1048576: " + source);
        for (int layer = 0; layer < config.layers(); layer++) {
            fc1[layer] = requireShape(require(tensors, name(layer, 1), source), Shape.of(hidden, inputs), source);
            fc2[layer] =
                    requireShape(require(tensors, name(layer, 2), source), Shape.of(config.kvHeads(), hidden), source);
        }
        Checks.check(
                !tensors.containsKey(name(config.layers(), 1)),
                ErrorId.HEADS_MISMATCH,
                () -> "heads: made for more layers than the model has: model=" + config.layers()
                        + " layers, also found '" + name(config.layers(), 1) + "': " + source);
        return new RetainingHeads(source, (int) hidden, fc1, fc2);
    }

    private static String name(int layer, int fc) {
        return "model.layers." + layer + ".self_attn.fc" + fc + ".weight";
    }

    private static HostTensor require(Map<String, HostTensor> tensors, String name, String source) {
        HostTensor tensor = tensors.get(name);
        Checks.check(
                tensor != null,
                ErrorId.HEADS_MISMATCH,
                () -> "heads: tensor '" + name + "' is missing among " + tensors.size() + ": " + source);
        return tensor;
    }

    private static HostTensor requireShape(HostTensor tensor, Shape expected, String source) {
        Checks.check(
                tensor.shape().equals(expected),
                ErrorId.HEADS_MISMATCH,
                () -> "heads: tensor '" + tensor.name() + "' has shape " + tensor.shape() + ", the model needs "
                        + expected + ": " + source);
        return tensor;
    }
}
