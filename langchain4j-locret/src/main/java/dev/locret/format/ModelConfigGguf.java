package dev.locret.format;

import dev.locret.tensor.HostTensor;
import java.util.List;
import java.util.Map;

/** Reads a {@link ModelConfig} from the metadata of a GGUF file. */
public final class ModelConfigGguf {
    private static final String EMBEDDINGS = "token_embd.weight";
    private static final String OUTPUT = "output.weight";

    private ModelConfigGguf() {}

    /**
     * Reads the configuration in {@code file}.
     *
     * @throws dev.locret.common.LocretException {@code model-unsupported} for an unknown architecture or rope kind,
     *     {@code file-damaged} for a missing key or a value out of range
     */
    public static ModelConfig read(GgufFile file) {
        Settings all = new Settings(GgufReader.FORMAT, file.path(), "", file.metadata());
        String architecture = Architectures.ofGguf(all);
        Settings model = new Settings(GgufReader.FORMAT, file.path(), architecture + ".", file.metadata());
        if (model.integer("expert_count", 0) > 0) {
            throw model.unsupported("mixture of " + model.integer("expert_count") + " experts, known: dense models");
        }
        int hidden = model.integer("embedding_length");
        int heads = uniform(model, "attention.head_count", null);
        if (heads < 1) {
            throw model.damaged(architecture + ".attention.head_count must be positive, is " + heads);
        }
        int headDim = headDim(model, hidden, heads);
        int maxPositions = model.integer("context_length");
        RopeConfig rope = RopeConfigGguf.read(file, model, headDim, maxPositions);
        int context = RopeWindows.scaled(rope, maxPositions);
        int window = model.integer("attention.sliding_window", 0);
        ModelConfig config = new ModelConfig(
                architecture,
                model.integer("block_count"),
                hidden,
                uniform(model, "feed_forward_length", null),
                heads,
                uniform(model, "attention.head_count_kv", heads),
                headDim,
                vocabularySize(file, all, model),
                context,
                (float) model.number("attention.layer_norm_rms_epsilon"),
                rope,
                !file.tensors().containsKey(OUTPUT),
                window >= context ? 0 : window);
        return ModelConfigChecks.check(config, GgufReader.FORMAT, file.path());
    }

    /** A number that some architectures state per layer, which must then be the same in all. */
    private static int uniform(Settings model, String key, Integer absent) {
        if (!(model.find(key) instanceof List<?> list) || list.isEmpty()) {
            return model.integer(key, absent);
        }
        for (Object value : list) {
            if (!value.equals(list.get(0))) {
                throw model.unsupported(key + " differs between layers: "
                        + FormatErrors.quote(list.get(0).toString()) + " and " + FormatErrors.quote(value.toString()));
            }
        }
        Settings first = new Settings(model.format(), model.path(), "", Map.of(key, list.get(0)));
        return first.integer(key);
    }

    private static int headDim(Settings model, int hidden, int heads) {
        if (!model.has("attention.key_length") && hidden % heads != 0) {
            throw model.damaged("embedding_length=" + hidden + " is not a multiple of attention.head_count=" + heads);
        }
        int keyLength = model.integer("attention.key_length", hidden / heads);
        int valueLength = model.integer("attention.value_length", keyLength);
        if (keyLength != valueLength) {
            throw model.unsupported(
                    "attention.key_length=" + keyLength + " differs from attention.value_length=" + valueLength);
        }
        return keyLength;
    }

    private static int vocabularySize(GgufFile file, Settings all, Settings model) {
        if (model.has("vocab_size")) {
            return model.integer("vocab_size");
        }
        List<?> tokens = all.list("tokenizer.ggml.tokens");
        if (!tokens.isEmpty()) {
            return tokens.size();
        }
        HostTensor embeddings = file.tensors().get(EMBEDDINGS);
        if (embeddings == null) {
            throw model.damaged("vocabulary size is unknown: no vocab_size, tokenizer.ggml.tokens or " + EMBEDDINGS);
        }
        return (int) Math.min(embeddings.rows(), Integer.MAX_VALUE);
    }
}
