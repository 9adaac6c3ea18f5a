package dev.locret.format;

import java.util.List;
import java.util.Map;

/** The model architectures that can be run, under the names that {@code config.json} and GGUF share. */
final class Architectures {
    static final String LLAMA = "llama";
    static final String MISTRAL = "mistral";
    static final String QWEN2 = "qwen2";
    static final String QWEN3 = "qwen3";
    static final String PHI3 = "phi3";

    private static final List<String> KNOWN = List.of(LLAMA, MISTRAL, QWEN2, QWEN3, PHI3);
    private static final Map<String, String> BY_CLASS = Map.of(
            "LlamaForCausalLM", LLAMA,
            "MistralForCausalLM", MISTRAL,
            "Qwen2ForCausalLM", QWEN2,
            "Qwen3ForCausalLM", QWEN3,
            "Phi3ForCausalLM", PHI3);

    private Architectures() {}

    /** The architecture of a {@code config.json}: its model_type, or of old files the class it names. */
    static String ofConfig(Settings config) {
        String type = config.text("model_type", "");
        if (type.isEmpty() && !config.list("architectures").isEmpty()) {
            String name = String.valueOf(config.list("architectures").get(0));
            type = BY_CLASS.getOrDefault(name, name);
        }
        return check(type, "model_type", config);
    }

    /** The architecture of a GGUF file; Mistral models go as {@code llama} there. */
    static String ofGguf(Settings metadata) {
        return check(metadata.text("general.architecture", ""), "general.architecture", metadata);
    }

    private static String check(String name, String key, Settings settings) {
        if (!KNOWN.contains(name)) {
            throw settings.unsupported("unknown architecture " + FormatErrors.quote(name) + " in " + key + ", known: "
                    + String.join(", ", KNOWN));
        }
        return name;
    }
}
