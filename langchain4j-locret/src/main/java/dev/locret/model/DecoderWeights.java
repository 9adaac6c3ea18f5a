package dev.locret.model;

import dev.locret.backend.Backend;
import dev.locret.backend.DeviceBuffer;
import dev.locret.backend.DeviceWeight;
import dev.locret.backend.Matrix;
import dev.locret.backend.Projection;
import dev.locret.common.Checks;
import dev.locret.common.ErrorId;
import dev.locret.format.ModelConfig;
import dev.locret.format.WeightSource;
import java.util.List;
import java.util.regex.Pattern;

/** The weights of a decoder on the device. Architectures differ in names, biases, norms and fused matrices only. */
record DecoderWeights(DeviceWeight embedding, Layer[] layers, DeviceBuffer norm, DeviceWeight output) {
    /**
     * One block.
     *
     * @param qkv projections to queries, keys and values, side by side
     * @param queryNorm norm over a head's query, or null
     * @param keyNorm norm over a head's key, or null
     * @param gateUp projections to gate and up, side by side
     */
    record Layer(
            DeviceBuffer attentionNorm,
            List<Part> qkv,
            DeviceBuffer queryNorm,
            DeviceBuffer keyNorm,
            Part output,
            DeviceBuffer feedForwardNorm,
            List<Part> gateUp,
            Part down) {}

    /** A weight, its bias or null, and the column of the result where it writes. */
    record Part(DeviceWeight weight, DeviceBuffer bias, int column) {
        Projection into(Matrix out) {
            return new Projection(weight, bias, out.slice(column, weight.rows()));
        }
    }

    /** Tensors that some converters write and that the configuration says already. */
    private static final Pattern DERIVED =
            Pattern.compile("rope_freqs\\.weight|rope_factors_(long|short)\\.weight|.*rotary_emb\\.inv_freq");

    static DecoderWeights load(WeightSource files, Backend backend) {
        TrackedSource source = new TrackedSource(files);
        DecoderWeights weights = read(source, backend);
        requireAllUsed(source);
        return weights;
    }

    /** A weight that nobody reads means a model that computes something else. */
    private static void requireAllUsed(TrackedSource source) {
        ModelConfig config = source.config();
        for (String name : source.names()) {
            boolean tied = config.tiedEmbeddings() && name.equals("lm_head.weight");
            Checks.check(
                    source.used(name) || tied || DERIVED.matcher(name).matches(),
                    ErrorId.MODEL_UNSUPPORTED,
                    () -> "model: weight '" + name + "' has no place in architecture '" + config.architecture() + "': "
                            + source.path());
        }
    }

    private static DecoderWeights read(WeightSource source, Backend backend) {
        ModelConfig config = source.config();
        Layer[] layers = new Layer[config.layers()];
        for (int i = 0; i < layers.length; i++) {
            layers[i] = layer(source, backend, "model.layers." + i + ".");
        }
        DeviceWeight embedding =
                backend.load(source.require("model.embed_tokens.weight", config.vocabularySize(), config.hiddenSize()));
        DeviceWeight output = config.tiedEmbeddings()
                ? embedding
                : backend.load(source.require("lm_head.weight", config.vocabularySize(), config.hiddenSize()));
        return new DecoderWeights(
                embedding,
                layers,
                backend.loadFloats(source.require("model.norm.weight", config.hiddenSize())),
                output);
    }

    private static Layer layer(WeightSource source, Backend backend, String prefix) {
        ModelConfig config = source.config();
        int hidden = config.hiddenSize();
        int queries = config.heads() * config.headDim();
        int keys = config.kvHeads() * config.headDim();
        int inner = config.feedForwardSize();
        String attention = prefix + "self_attn.";
        boolean fusedQkv = source.find(attention + "qkv_proj.weight").isPresent();
        boolean fusedGateUp = source.find(prefix + "mlp.gate_up_proj.weight").isPresent();
        List<Part> qkv = fusedQkv
                ? List.of(part(source, backend, attention + "qkv_proj", queries + 2 * keys, hidden, 0))
                : List.of(
                        part(source, backend, attention + "q_proj", queries, hidden, 0),
                        part(source, backend, attention + "k_proj", keys, hidden, queries),
                        part(source, backend, attention + "v_proj", keys, hidden, queries + keys));
        List<Part> gateUp = fusedGateUp
                ? List.of(part(source, backend, prefix + "mlp.gate_up_proj", 2 * inner, hidden, 0))
                : List.of(
                        part(source, backend, prefix + "mlp.gate_proj", inner, hidden, 0),
                        part(source, backend, prefix + "mlp.up_proj", inner, hidden, inner));
        return new Layer(
                backend.loadFloats(source.require(prefix + "input_layernorm.weight", hidden)),
                qkv,
                optional(source, backend, attention + "q_norm.weight", config.headDim()),
                optional(source, backend, attention + "k_norm.weight", config.headDim()),
                part(source, backend, attention + "o_proj", hidden, queries, 0),
                backend.loadFloats(source.require(prefix + "post_attention_layernorm.weight", hidden)),
                gateUp,
                part(source, backend, prefix + "mlp.down_proj", hidden, inner, 0));
    }

    private static Part part(WeightSource source, Backend backend, String name, int rows, int columns, int column) {
        return new Part(
                backend.load(source.require(name + ".weight", rows, columns)),
                optional(source, backend, name + ".bias", rows),
                column);
    }

    private static DeviceBuffer optional(WeightSource source, Backend backend, String name, int size) {
        return source.find(name).isPresent() ? backend.loadFloats(source.require(name, size)) : null;
    }
}
