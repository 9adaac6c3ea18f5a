package dev.locret.eviction;

import dev.locret.format.ModelConfig;
import dev.locret.tensor.HostTensor;
import java.util.List;
import java.util.Map;

/** Trained heads of a model, checked against it: per layer a small network that gives each KV head's entry a score. */
public sealed interface ScoringHeads permits RetainingHeads, RetentionGates, ImportanceHeads {
    /** File, for messages. */
    String source();

    /** What they are. */
    HeadKind kind();

    /** Layers of each block's network, {@code [blocks][depth]}; the last has one output a KV head. */
    List<List<HeadLinear>> networks();

    /**
     * Finds the heads of {@code config} among the tensors of a heads file, of whatever kind they are.
     *
     * @throws dev.locret.common.LocretException ({@code heads-mismatch}) if they are of no known kind, a tensor is missing
     *     or too much, or a shape is another model's
     */
    static ScoringHeads of(Map<String, HostTensor> tensors, ModelConfig config, String source) {
        return switch (HeadKind.of(tensors.keySet(), source)) {
            case LOCRET -> RetainingHeads.of(tensors, config, source);
            case TRIMKV -> RetentionGates.of(tensors, config, source);
            case KVZAP -> ImportanceHeads.of(tensors, config, source);
        };
    }
}
