package dev.locret.format;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/** Reads a {@link ModelConfig} from a Hugging Face {@code config.json}, with the defaults of transformers. */
public final class ModelConfigJson {
    private static final String FORMAT = "config";
    /** Window of a Mistral configuration that does not mention one. */
    private static final int MISTRAL_WINDOW = 4096;
    /** Head dimension of a Qwen3 configuration that does not mention one. */
    private static final int QWEN3_HEAD_DIM = 128;

    private ModelConfigJson() {}

    /**
     * Reads {@code file}.
     *
     * @throws dev.locret.common.LocretException {@code model-unsupported} for an unknown architecture, activation or
     *     rope kind, {@code file-unsupported} for quantised weights, {@code file-damaged} for a missing key or a value
     *     out of range
     */
    public static ModelConfig read(Path file) {
        return of(Json.read(FORMAT, file), file);
    }

    static ModelConfig of(Map<String, Object> json, Path file) {
        Settings config = new Settings(FORMAT, file, "", json);
        String architecture = Architectures.ofConfig(config);
        refuseUnsupported(config);
        int hidden = config.integer("hidden_size");
        int heads = config.integer("num_attention_heads");
        if (heads < 1) {
            throw config.damaged("num_attention_heads must be positive, is " + heads);
        }
        int headDim = config.integer("head_dim", defaultHeadDim(architecture, hidden, heads, config));
        int maxPositions = config.integer("max_position_embeddings", config.integer("max_sequence_length", 2048));
        RopeConfig rope = RopeConfigJson.read(config, headDim, maxPositions);
        int context = RopeWindows.scaled(rope, maxPositions);
        int layers = config.integer("num_hidden_layers");
        ModelConfig model = new ModelConfig(
                architecture,
                layers,
                hidden,
                config.integer("intermediate_size"),
                heads,
                config.integer("num_key_value_heads", heads),
                headDim,
                config.integer("vocab_size"),
                context,
                (float) config.number("rms_norm_eps"),
                rope,
                config.flag("tie_word_embeddings", false),
                slidingWindow(config, architecture, layers, context));
        return ModelConfigChecks.check(model, FORMAT, file);
    }

    private static void refuseUnsupported(Settings config) {
        String activation = config.text("hidden_act", "silu");
        if (!activation.equals("silu") && !activation.equals("swish")) {
            throw config.unsupported("unknown hidden_act " + FormatErrors.quote(activation) + ", known: silu");
        }
        if (config.flag("mlp_bias", false)) {
            throw config.unsupported("mlp_bias is true, which no known architecture uses");
        }
        if (config.has("quantization_config")) {
            String method = config.inner("quantization_config").text("quant_method", "unknown");
            throw FormatErrors.unsupported(
                    FORMAT,
                    "weights are quantised by " + FormatErrors.quote(method)
                            + ", read are F32, F16 and BF16 safetensors and GGUF",
                    config.path());
        }
    }

    private static int defaultHeadDim(String architecture, int hidden, int heads, Settings config) {
        if (architecture.equals(Architectures.QWEN3)) {
            return QWEN3_HEAD_DIM;
        }
        if (hidden % heads != 0 && !config.has("head_dim")) {
            throw config.damaged("hidden_size=" + hidden + " is not a multiple of num_attention_heads=" + heads);
        }
        return hidden / heads;
    }

    private static int slidingWindow(Settings config, String architecture, int layers, int context) {
        int window = 0;
        switch (architecture) {
            case Architectures.MISTRAL -> {
                // Present and null means none; absent means the default of transformers.
                window = config.hasKey("sliding_window") ? config.integer("sliding_window", 0) : MISTRAL_WINDOW;
            }
            case Architectures.PHI3 -> window = config.integer("sliding_window", 0);
            case Architectures.QWEN2, Architectures.QWEN3 -> {
                boolean used = config.flag("use_sliding_window", false);
                window = used ? config.integer("sliding_window", 0) : 0;
                if (window > 0) {
                    window = qwenWindow(config, layers, window);
                }
            }
            default -> {}
        }
        // A window that no position reaches is none.
        return window >= context ? 0 : window;
    }

    private static int qwenWindow(Settings config, int layers, int window) {
        List<?> kinds = config.list("layer_types");
        int fullLayers = config.integer("max_window_layers", 28);
        boolean allFull = kinds.isEmpty() ? fullLayers >= layers : !kinds.contains("sliding_attention");
        boolean allSliding = kinds.isEmpty() ? fullLayers <= 0 : !kinds.contains("full_attention");
        if (!allFull && !allSliding) {
            throw config.unsupported("sliding_window=" + window + " applies to some layers only (max_window_layers="
                    + fullLayers + ", layers=" + layers + "), known: all layers or none");
        }
        return allFull ? 0 : window;
    }
}
