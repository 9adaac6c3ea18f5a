package dev.locret.eviction;

import dev.locret.format.ModelConfig;
import dev.locret.tensor.HostTensor;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * KVzap's surrogate model (arXiv 2601.07891), as kvpress saves it: {@code layers.N [kvHeads, hiddenSize]}, or {@code
 * layers.N.0 [width, hiddenSize]} and {@code layers.N.2 [kvHeads, width]} with GELU between; all with a bias. What it
 * gives is the logarithm of an entry's importance.
 *
 * @param source file, for messages
 */
public record ImportanceHeads(String source, List<List<HeadLinear>> networks) implements ScoringHeads {
    static ImportanceHeads of(Map<String, HostTensor> map, ModelConfig config, String source) {
        HeadTensors tensors = new HeadTensors(map, source);
        tensors.requireLayers(config.layers());
        List<List<HeadLinear>> networks = new ArrayList<>();
        for (int layer = 0; layer < config.layers(); layer++) {
            String name = "layers." + layer;
            if (tensors.has(name + ".0.weight")) {
                int width = tensors.width(name + ".0.weight");
                networks.add(List.of(
                        linear(tensors, name + ".0", width, config.hiddenSize()),
                        linear(tensors, name + ".2", config.kvHeads(), width)));
            } else {
                networks.add(List.of(linear(tensors, name, config.kvHeads(), config.hiddenSize())));
            }
        }
        tensors.requireAllUsed(HeadKind.KVZAP);
        return new ImportanceHeads(source, List.copyOf(networks));
    }

    private static HeadLinear linear(HeadTensors tensors, String name, int outputs, int inputs) {
        return new HeadLinear(
                tensors.require(name + ".weight", outputs, inputs), tensors.require(name + ".bias", outputs));
    }

    @Override
    public HeadKind kind() {
        return HeadKind.KVZAP;
    }
}
