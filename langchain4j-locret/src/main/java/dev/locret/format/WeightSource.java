package dev.locret.format;

import dev.locret.common.Checks;
import dev.locret.common.ErrorId;
import dev.locret.tensor.HostTensor;
import dev.locret.tensor.Shape;
import java.nio.file.Path;
import java.util.Optional;
import java.util.Set;

/**
 * The weights of a model, under Hugging Face's names ({@code model.layers.0.self_attn.q_proj.weight}) and in its row
 * order whatever the file format: GGUF files of the llama architecture keep the rows of q and k in another order, which
 * is undone here.
 */
public interface WeightSource extends AutoCloseable {
    /** The file or directory, for messages. */
    Path path();

    ModelConfig config();

    /** Names of all weights. */
    Set<String> names();

    Optional<HostTensor> find(String name);

    /** The weight {@code name}, which must have the shape {@code dims}. */
    default HostTensor require(String name, long... dims) {
        HostTensor tensor = find(name).orElse(null);
        Checks.check(
                tensor != null, ErrorId.MODEL_MISMATCH, () -> "model: weight '" + name + "' is missing: " + path());
        Checks.check(
                tensor.shape().equals(Shape.of(dims)),
                ErrorId.MODEL_MISMATCH,
                () -> "model: weight '" + name + "' has shape " + tensor.shape() + ", the configuration says "
                        + Shape.of(dims) + ": " + path());
        return tensor;
    }

    /** Releases mappings and files. */
    @Override
    void close();
}
