package dev.locret.eviction;

import dev.locret.common.Checks;
import dev.locret.common.ErrorId;
import dev.locret.format.ModelConfig;
import dev.locret.tensor.HostTensor;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;

/**
 * Trained retaining heads of a model, checked against it: per layer {@code fc1 [d_R, (heads + 2 · kvHeads) · headDim]}
 * and {@code fc2 [kvHeads, d_R]} (paper, section 3.1). What else a file holds is passed over, as the authors do.
 *
 * @param source file, for messages
 * @param hidden {@code d_R}
 * @param fc1 first layer of each block
 * @param fc2 second layer of each block
 */
public record RetainingHeads(String source, int hidden, HostTensor[] fc1, HostTensor[] fc2) implements ScoringHeads {
    /**
     * Finds the heads of {@code config} among the tensors of a heads file.
     *
     * @throws dev.locret.common.LocretException if a layer is missing or too much, or a shape is another model's
     */
    public static RetainingHeads of(Map<String, HostTensor> map, ModelConfig config, String source) {
        HeadTensors tensors = new HeadTensors(map, source);
        int inputs = (config.heads() + 2 * config.kvHeads()) * config.headDim();
        HostTensor[] fc1 = new HostTensor[config.layers()];
        HostTensor[] fc2 = new HostTensor[config.layers()];
        int hidden = tensors.width(name(0, 1));
        for (int layer = 0; layer < config.layers(); layer++) {
            fc1[layer] = tensors.require(name(layer, 1), hidden, inputs);
            fc2[layer] = tensors.require(name(layer, 2), config.kvHeads(), hidden);
        }
        Checks.check(
                !tensors.has(name(config.layers(), 1)),
                ErrorId.HEADS_MISMATCH,
                () -> "heads: made for more layers than the model has: model=" + config.layers()
                        + " layers, also found '" + name(config.layers(), 1) + "': " + source);
        return new RetainingHeads(source, hidden, fc1, fc2);
    }

    private static String name(int layer, int fc) {
        return "model.layers." + layer + ".self_attn.fc" + fc + ".weight";
    }

    @Override
    public HeadKind kind() {
        return HeadKind.LOCRET;
    }

    @Override
    public List<List<HeadLinear>> networks() {
        return IntStream.range(0, fc1.length)
                .mapToObj(i -> List.of(new HeadLinear(fc1[i], null), new HeadLinear(fc2[i], null)))
                .toList();
    }
}
