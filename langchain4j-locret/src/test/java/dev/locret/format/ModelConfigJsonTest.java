package dev.locret.format;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.locret.common.ErrorId;
import dev.locret.common.LocretException;
import dev.locret.format.RopeConfig.Kind;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ModelConfigJsonTest {
    private static final Path PATH = Path.of("config.json");

    /** A small configuration with {@code changes} (key, value, key, value…); a value of "absent" removes the key. */
    private static ModelConfig read(Object... changes) {
        Map<String, Object> json = new LinkedHashMap<>(Map.of(
                "model_type", "llama",
                "hidden_size", 64L,
                "intermediate_size", 96L,
                "num_hidden_layers", 2L,
                "num_attention_heads", 4L,
                "num_key_value_heads", 2L,
                "vocab_size", 32L,
                "max_position_embeddings", 4096L,
                "rms_norm_eps", 1e-5));
        for (int i = 0; i < changes.length; i += 2) {
            if ("absent".equals(changes[i + 1])) {
                json.remove((String) changes[i]);
            } else {
                json.put((String) changes[i], changes[i + 1]);
            }
        }
        return ModelConfigJson.of(json, PATH);
    }

    private static RopeConfig rope(Object... scaling) {
        Map<String, Object> map = new LinkedHashMap<>();
        for (int i = 0; i < scaling.length; i += 2) {
            map.put((String) scaling[i], scaling[i + 1]);
        }
        return read("rope_scaling", map).rope();
    }

    private static void refuse(ErrorId id, String what, Object... changes) {
        assertThatThrownBy(() -> read(changes))
                .isInstanceOfSatisfying(
                        LocretException.class, e -> assertThat(e.id()).isEqualTo(id))
                .hasMessage(what + ": config.json");
    }

    @Test
    void takesTheDefaultsOfTransformers() {
        ModelConfig config = read("num_key_value_heads", "absent");
        assertThat(config.kvHeads()).isEqualTo(4);
        assertThat(config.headDim()).isEqualTo(16);
        assertThat(config.tiedEmbeddings()).isFalse();
        assertThat(config.rope()).isEqualTo(RopeConfig.plain(10_000, 16));
        assertThat(read("model_type", "qwen3").headDim()).isEqualTo(128);
        assertThat(read("tie_word_embeddings", true).tiedEmbeddings()).isTrue();
        assertThat(read("model_type", "absent", "architectures", List.of("Phi3ForCausalLM"))
                        .architecture())
                .isEqualTo("phi3");
    }

    @Test
    void knowsEveryRopeKindUnderBothKeys() {
        RopeConfig llama3 = rope(
                "rope_type",
                "llama3",
                "factor",
                8.0,
                "low_freq_factor",
                1.0,
                "high_freq_factor",
                4.0,
                "original_max_position_embeddings",
                512L);
        assertThat(llama3)
                .isEqualTo(new RopeConfig(
                        Kind.LLAMA3, 10_000, 16, 8, 512, 1, 4, 0, 0, 0, new float[0], new float[0], new float[0]));
        assertThat(rope("type", "linear", "factor", 4L).kind()).isEqualTo(Kind.LINEAR);
        RopeConfig dynamic = rope("rope_type", "dynamic", "factor", 2.0);
        assertThat(dynamic.kind()).isEqualTo(Kind.DYNAMIC);
        assertThat(dynamic.originalContext()).isEqualTo(4096);
        RopeConfig yarn = rope("type", "yarn", "factor", 4.0, "original_max_position_embeddings", 2048L);
        assertThat(yarn.kind()).isEqualTo(Kind.YARN);
        assertThat(yarn.betaFast()).isEqualTo(32);
        assertThat(yarn.betaSlow()).isEqualTo(1);
        assertThat(yarn.attentionFactor()).isZero();
        assertThat(rope("rope_type", "default").kind()).isEqualTo(Kind.NONE);
        assertThat(rope("rope_type", "yarn", "factor", 4.0, "mscale", 1.0, "mscale_all_dim", 0.5)
                        .attentionFactor())
                .isEqualTo((0.1 * Math.log(4) + 1) / (0.05 * Math.log(4) + 1));
    }

    @ParameterizedTest
    @ValueSource(strings = {"longrope", "su"})
    void readsLongropeOfPhi3(String kind) {
        List<Double> shorts = List.of(1.0, 1.0, 1.1, 1.1, 1.2, 1.2);
        List<Double> longs = List.of(1.0, 2.0, 3.0, 4.0, 5.0, 6.5);
        ModelConfig config = read(
                "model_type",
                "phi3",
                "partial_rotary_factor",
                0.75,
                "original_max_position_embeddings",
                1024L,
                "rope_scaling",
                Map.of("type", kind, "short_factor", shorts, "long_factor", longs));
        RopeConfig rope = config.rope();
        assertThat(rope.kind()).isEqualTo(Kind.LONGROPE);
        assertThat(rope.dimensions()).isEqualTo(12);
        assertThat(rope.factor()).isEqualTo(4);
        assertThat(rope.longFactors()).containsExactly(1, 2, 3, 4, 5, 6.5f);
        assertThat(config.contextLength()).isEqualTo(4096);
        refuse(
                ErrorId.FILE_DAMAGED,
                "config: rope_scaling: short_factor has 6 elements, expected 8",
                "original_max_position_embeddings",
                1024L,
                "rope_scaling",
                Map.of("type", kind, "short_factor", shorts, "long_factor", longs));
    }

    @Test
    void readsRopeParametersOfTransformers5() {
        RopeConfig rope = read(
                        "rope_parameters",
                        Map.of("rope_type", "linear", "rope_theta", 1e6, "factor", 2.0, "partial_rotary_factor", 0.5))
                .rope();
        assertThat(rope.kind()).isEqualTo(Kind.LINEAR);
        assertThat(rope.theta()).isEqualTo(1e6);
        assertThat(rope.dimensions()).isEqualTo(8);
    }

    @Test
    void stretchesTheWindowAsTheScalingSays() {
        assertThat(read("rope_scaling", Map.of("type", "linear", "factor", 4.0)).contextLength())
                .isEqualTo(16_384);
        assertThat(read(
                                "rope_scaling",
                                Map.of("type", "yarn", "factor", 4.0, "original_max_position_embeddings", 2048L))
                        .contextLength())
                .isEqualTo(8192);
    }

    @Test
    void refusesUnknownKindsAndSaysWhichAreKnown() {
        refuse(
                ErrorId.MODEL_UNSUPPORTED,
                "config: unknown architecture 'gemma2' in model_type, known: llama, mistral, qwen2, qwen3, phi3",
                "model_type",
                "gemma2");
        refuse(
                ErrorId.MODEL_UNSUPPORTED,
                "config: rope_scaling: unknown rope_type 'foo', known: default, linear, dynamic, yarn, llama3, longrope",
                "rope_scaling",
                Map.of("rope_type", "foo"));
        refuse(ErrorId.MODEL_UNSUPPORTED, "config: unknown hidden_act 'gelu', known: silu", "hidden_act", "gelu");
        refuse(
                ErrorId.MODEL_UNSUPPORTED,
                "config: mlp_bias is true, which no known architecture uses",
                "mlp_bias",
                true);
        refuse(
                ErrorId.FILE_UNSUPPORTED,
                "config: weights are quantised by 'gptq', read are F32, F16 and BF16 safetensors and GGUF",
                "quantization_config",
                Map.of("quant_method", "gptq"));
    }

    @Test
    void readsSlidingWindows() {
        assertThat(read("model_type", "mistral", "sliding_window", 1024L).slidingWindow())
                .isEqualTo(1024);
        assertThat(read("model_type", "mistral", "sliding_window", null).slidingWindow())
                .isZero();
        assertThat(read("model_type", "mistral", "max_position_embeddings", 8192L)
                        .slidingWindow())
                .isEqualTo(4096);
        assertThat(read("model_type", "mistral", "sliding_window", 4096L).slidingWindow())
                .isZero();
        assertThat(read("model_type", "qwen2", "sliding_window", 1024L, "use_sliding_window", false)
                        .slidingWindow())
                .isZero();
        assertThat(read(
                                "model_type",
                                "qwen2",
                                "sliding_window",
                                1024L,
                                "use_sliding_window",
                                true,
                                "max_window_layers",
                                0L)
                        .slidingWindow())
                .isEqualTo(1024);
        refuse(
                ErrorId.MODEL_UNSUPPORTED,
                "config: sliding_window=1024 applies to some layers only (max_window_layers=1, layers=2), known: all"
                        + " layers or none",
                "model_type",
                "qwen2",
                "sliding_window",
                1024L,
                "use_sliding_window",
                true,
                "max_window_layers",
                1L);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "hidden_size | 0 | hidden size out of range: 0, allowed=1..131072",
                "num_attention_heads | 0 | num_attention_heads must be positive, is 0",
                "num_key_value_heads | 3 | heads=4 is not a multiple of KV heads=3",
                "num_key_value_heads | 8 | KV heads out of range: 8, allowed=1..4",
                "head_dim | 15 | head dimension 15 is odd, rotary embedding needs pairs",
                "hidden_size | 66 | hidden_size=66 is not a multiple of num_attention_heads=4",
                "num_hidden_layers | 1000000 | layers out of range: 1000000, allowed=1..1024",
                "vocab_size | -1 | vocabulary size out of range: -1, allowed=1..16777216",
                "vocab_size | 4294967296 | vocab_size must be an integer of 32 bits, is '4294967296'",
                "max_position_embeddings | 0 | context length out of range: 0, allowed=1..1073741824",
                "rope_theta | 0 | rope base 0.0 is not above 1",
                "rms_norm_eps | 0 | norm epsilon 0.0 is not between 0 and 1"
            })
    void refusesValuesOutOfRange(String key, long value, String message) {
        refuse(ErrorId.FILE_DAMAGED, "config: " + message, key, value);
    }

    @Test
    void namesMissingAndMistypedKeys() {
        refuse(ErrorId.FILE_DAMAGED, "config: hidden_size is missing", "hidden_size", "absent");
        refuse(
                ErrorId.FILE_DAMAGED,
                "config: rms_norm_eps must be a finite number, is 'small'",
                "rms_norm_eps",
                "small");
        refuse(ErrorId.FILE_DAMAGED, "config: vocab_size must be an integer of 32 bits, is '1.5'", "vocab_size", 1.5);
        refuse(ErrorId.FILE_DAMAGED, "config: rope_scaling must be an object, is 'x'", "rope_scaling", "x");
        refuse(
                ErrorId.FILE_DAMAGED,
                "config: tie_word_embeddings must be true or false, is a list or object",
                "tie_word_embeddings",
                List.of());
    }
}
