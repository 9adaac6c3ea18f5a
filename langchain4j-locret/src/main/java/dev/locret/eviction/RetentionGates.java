package dev.locret.eviction;

import dev.locret.format.ModelConfig;
import dev.locret.tensor.HostTensor;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * Retention gates of TrimKV (Bui et al., <em>Cache What Lasts</em>, arXiv 2512.03324), as {@code trimkv_weights.pth}
 * holds them: {@code linear1 [width, hiddenSize]} and {@code linear2 [kvHeads, width]}, or a {@code linear2 [width,
 * width]} between and {@code linear3 [kvHeads, width]}; all but the last with a bias of their own, and {@code bias
 * [kvHeads]} in the end. SiLU between them. What they give is the logit of a decay β.
 *
 * @param source file, for messages
 */
public record RetentionGates(String source, List<List<HeadLinear>> networks) implements ScoringHeads {
    static RetentionGates of(Map<String, HostTensor> map, ModelConfig config, String source) {
        HeadTensors tensors = new HeadTensors(map, source);
        tensors.requireLayers(config.layers());
        List<List<HeadLinear>> networks = new ArrayList<>();
        for (int layer = 0; layer < config.layers(); layer++) {
            networks.add(layer(tensors, config, "model.layers." + layer + ".self_attn.retention_gate."));
        }
        tensors.requireAllUsed(HeadKind.TRIMKV);
        return new RetentionGates(source, List.copyOf(networks));
    }

    private static List<HeadLinear> layer(HeadTensors tensors, ModelConfig config, String prefix) {
        int width = tensors.width(prefix + "linear1.weight");
        int last = tensors.has(prefix + "linear3.weight") ? 3 : 2;
        List<HeadLinear> network = new ArrayList<>();
        for (int i = 1; i < last; i++) {
            String linear = prefix + "linear" + i;
            network.add(new HeadLinear(
                    tensors.require(linear + ".weight", width, i == 1 ? config.hiddenSize() : width),
                    tensors.require(linear + ".bias", width)));
        }
        network.add(new HeadLinear(
                tensors.require(prefix + "linear" + last + ".weight", config.kvHeads(), width),
                tensors.require(prefix + "bias", config.kvHeads())));
        return List.copyOf(network);
    }

    @Override
    public HeadKind kind() {
        return HeadKind.TRIMKV;
    }
}
