package dev.locret.format;

import dev.locret.tensor.HostTensor;
import java.nio.file.Path;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** The weights of a GGUF file. */
public final class GgufWeights implements WeightSource {
    private final GgufFile file;
    private final ModelConfig config;
    private final Map<String, HostTensor> tensors = new LinkedHashMap<>();

    /** Weights and configuration of {@code file}. */
    public GgufWeights(GgufFile file) {
        this.file = file;
        this.config = ModelConfigGguf.read(file);
        file.tensors().forEach((name, tensor) -> {
            String known = GgufNames.huggingFace(name, config.architecture());
            tensors.put(known, isPermuted(known) ? RotaryRowOrder.restore(tensor, config.headDim(), path()) : tensor);
        });
    }

    private boolean isPermuted(String name) {
        return config.architecture().equals(Architectures.LLAMA)
                && (name.contains(".self_attn.q_proj.") || name.contains(".self_attn.k_proj."));
    }

    @Override
    public Path path() {
        return file.path();
    }

    @Override
    public ModelConfig config() {
        return config;
    }

    @Override
    public Set<String> names() {
        return Collections.unmodifiableSet(tensors.keySet());
    }

    @Override
    public Optional<HostTensor> find(String name) {
        return Optional.ofNullable(tensors.get(name));
    }

    /** Nothing to release: mappings end when the last view of them is collected. */
    @Override
    public void close() {}
}
