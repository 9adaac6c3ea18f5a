package dev.locret.format;

import dev.locret.common.ErrorId;
import dev.locret.tensor.HostTensor;
import java.nio.file.Path;
import java.util.Collections;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** The weights of a Hugging Face model: {@code config.json} and one or several safetensors files. */
public final class SafetensorsWeights implements WeightSource {
    private static final String CONFIG = "config.json";

    private final Path path;
    private final ModelConfig config;
    private final Map<String, HostTensor> tensors;

    private SafetensorsWeights(Path path, Path directory, Map<String, HostTensor> tensors) {
        this.path = path;
        this.tensors = tensors;
        this.config = ModelConfigJson.read(directory.resolve(CONFIG));
        if (!config.tiedEmbeddings() && !tensors.containsKey("lm_head.weight")) {
            throw FormatErrors.error(
                    ErrorId.MODEL_MISMATCH,
                    "model",
                    "weight 'lm_head.weight' is missing and config.json does not tie it to the embeddings. If the model"
                            + " ties them, set \"tie_word_embeddings\": true in config.json, otherwise the file that"
                            + " holds the weight is missing",
                    path);
        }
    }

    /** One safetensors file with {@code config.json} beside it. */
    public static SafetensorsWeights ofFile(Path file) {
        Path directory = file.toAbsolutePath().getParent();
        return new SafetensorsWeights(
                file, directory, SafetensorsFile.open(file).tensors());
    }

    /** The files that {@code model.safetensors.index.json} names, with {@code config.json} beside it. */
    public static SafetensorsWeights ofIndex(Path index) {
        Path directory = index.toAbsolutePath().getParent();
        return new SafetensorsWeights(directory, directory, ShardIndex.tensors(index));
    }

    @Override
    public Path path() {
        return path;
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
