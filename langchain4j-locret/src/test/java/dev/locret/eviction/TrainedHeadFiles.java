package dev.locret.eviction;

import dev.locret.format.HeadsFile;
import dev.locret.format.ModelConfig;
import dev.locret.format.ModelFiles;
import dev.locret.tensor.HostTensor;
import dev.locret.testing.Golden;
import java.nio.file.Path;
import java.util.Map;

/** Heads of every kind with random weights, under the names and shapes of their authors' code. */
final class TrainedHeadFiles {
    private TrainedHeadFiles() {}

    static Path path(String file) {
        return Golden.of("llama-tiny").directory().resolveSibling("heads").resolve(file);
    }

    static Map<String, HostTensor> tensors(String file) {
        return HeadsFile.open(path(file));
    }

    static ModelConfig config(String model) {
        try (ModelFiles files = ModelFiles.open(Golden.of(model).directory())) {
            return files.weights().config();
        }
    }

    /** Heads for llama-tiny that a policy scores with; null for policies that need none. */
    static ScoringHeads of(String policy) {
        return switch (policy) {
            case "locret" ->
                ScoringHeads.of(
                        HeadsFile.open(Golden.of("llama-tiny").directory().resolve("retaining_heads.safetensors")),
                        config("llama-tiny"),
                        "heads");
            case "trimkv" -> ScoringHeads.of(tensors("dbtrimkv_weights.pth"), config("llama-tiny"), "heads");
            case "kvzap" -> ScoringHeads.of(tensors("kvzap-mlp.safetensors"), config("llama-tiny"), "heads");
            default -> null;
        };
    }
}
