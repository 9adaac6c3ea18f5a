package dev.locret.format;

import static dev.locret.format.GgufBuilder.concat;
import static dev.locret.format.GgufBuilder.i32;
import static dev.locret.format.GgufBuilder.i64;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.locret.common.ErrorId;
import dev.locret.common.LocretException;
import dev.locret.format.RopeConfig.Kind;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import org.junit.jupiter.api.Test;

class ModelConfigGgufTest {
    private static ModelConfig read(GgufBuilder builder) {
        return ModelConfigGguf.read(builder.file());
    }

    private static void refuse(GgufBuilder builder, ErrorId id, String what) {
        assertThatThrownBy(() -> read(builder))
                .isInstanceOfSatisfying(
                        LocretException.class, e -> assertThat(e.id()).isEqualTo(id))
                .hasMessage("gguf: " + what + ": test.gguf");
    }

    private static byte[] floats(float... values) {
        ByteBuffer out = ByteBuffer.allocate(4 * values.length).order(ByteOrder.LITTLE_ENDIAN);
        for (float value : values) {
            out.putFloat(value);
        }
        return out.array();
    }

    @Test
    void readsLlama() {
        ModelConfig config = read(GgufBuilder.llama());
        assertThat(config)
                .isEqualTo(new ModelConfig(
                        "llama", 1, 64, 96, 4, 2, 16, 32, 256, 1e-5f, RopeConfig.plain(10_000, 16), true, 0));
        ModelConfig wide = read(
                GgufBuilder.llama().number("llama.attention.key_length", 32).number("llama.rope.dimension_count", 8));
        assertThat(wide.headDim()).isEqualTo(32);
        assertThat(wide.rope().dimensions()).isEqualTo(8);
    }

    @Test
    void takesFactorsOfLlama31FromTheirTensor() {
        RopeConfig rope = read(GgufBuilder.llama().tensor("rope_freqs.weight", 0, floats(1, 1, 1, 1, 2, 4, 8, 8), 8))
                .rope();
        assertThat(rope.kind()).isEqualTo(Kind.NONE);
        assertThat(rope.frequencyFactors()).containsExactly(1, 1, 1, 1, 2, 4, 8, 8);
        refuse(
                GgufBuilder.llama().tensor("rope_freqs.weight", 0, floats(1, 1), 2),
                ErrorId.FILE_DAMAGED,
                "tensor 'rope_freqs.weight' has shape [2] and type F32, expected 8 floats");
        refuse(
                GgufBuilder.llama().tensor("rope_freqs.weight", 0, floats(1, 1, 1, 1, 0, 4, 8, 8), 8),
                ErrorId.FILE_DAMAGED,
                "rope frequency factors hold 0.0, expected positive numbers");
    }

    @Test
    void takesLongropeFromItsTensors() {
        GgufBuilder phi = new GgufBuilder()
                .text("general.architecture", "phi3")
                .number("phi3.block_count", 1)
                .number("phi3.context_length", 4096)
                .number("phi3.rope.scaling.original_context_length", 512)
                .decimal("phi3.rope.scaling.attn_factor", 1.25f)
                .number("phi3.embedding_length", 32)
                .number("phi3.feed_forward_length", 96)
                .number("phi3.attention.head_count", 4)
                .number("phi3.attention.sliding_window", 4096)
                .decimal("phi3.attention.layer_norm_rms_epsilon", 1e-5f)
                .texts("tokenizer.ggml.tokens", "a", "b", "c")
                .tensor("rope_factors_long.weight", 0, floats(1, 2, 3, 4), 4);
        refuse(phi, ErrorId.FILE_DAMAGED, "tensor 'rope_factors_short.weight' of longrope is missing");
        ModelConfig config = read(phi.tensor("rope_factors_short.weight", 0, floats(1, 1, 1, 2), 4));
        assertThat(config.kvHeads()).isEqualTo(4);
        assertThat(config.vocabularySize()).isEqualTo(3);
        assertThat(config.slidingWindow()).isZero();
        assertThat(config.rope().kind()).isEqualTo(Kind.LONGROPE);
        assertThat(config.rope().factor()).isEqualTo(8);
        assertThat(config.rope().attentionFactor()).isEqualTo(1.25);
        assertThat(config.rope().longFactors()).containsExactly(1, 2, 3, 4);
        assertThat(config.rope().shortFactors()).containsExactly(1, 1, 1, 2);
    }

    @Test
    void readsScalingOfOtherKinds() {
        ModelConfig yarn = read(GgufBuilder.llama()
                .text("llama.rope.scaling.type", "yarn")
                .decimal("llama.rope.scaling.factor", 4)
                .number("llama.rope.scaling.original_context_length", 128));
        assertThat(yarn.rope().kind()).isEqualTo(Kind.YARN);
        assertThat(yarn.rope().betaFast()).isEqualTo(32);
        assertThat(yarn.contextLength()).isEqualTo(512);
        ModelConfig linear = read(GgufBuilder.llama().decimal("llama.rope.scale_linear", 2));
        assertThat(linear.rope().kind()).isEqualTo(Kind.LINEAR);
        assertThat(linear.contextLength()).isEqualTo(512);
        refuse(
                GgufBuilder.llama().text("llama.rope.scaling.type", "foo"),
                ErrorId.MODEL_UNSUPPORTED,
                "unknown rope.scaling.type 'foo', known: none, linear, yarn, longrope");
    }

    @Test
    void refusesWhatItDoesNotKnow() {
        refuse(
                new GgufBuilder().text("general.architecture", "gemma3"),
                ErrorId.MODEL_UNSUPPORTED,
                "unknown architecture 'gemma3' in general.architecture, known: llama, mistral, qwen2, qwen3, phi3");
        refuse(
                GgufBuilder.llama().number("llama.expert_count", 8),
                ErrorId.MODEL_UNSUPPORTED,
                "mixture of 8 experts, known: dense models");
        refuse(
                GgufBuilder.llama().number("llama.attention.value_length", 8),
                ErrorId.MODEL_UNSUPPORTED,
                "attention.key_length=16 differs from attention.value_length=8");
        refuse(
                new GgufBuilder().text("general.architecture", "llama"),
                ErrorId.FILE_DAMAGED,
                "llama.embedding_length is missing");
    }

    @Test
    void acceptsNumbersPerLayerOnlyIfTheyAreTheSame() {
        ModelConfig config = read(qwen(concat(i32(4), i64(2), i32(2), i32(2))));
        assertThat(config.kvHeads()).isEqualTo(2);
        assertThat(config.vocabularySize()).isEqualTo(5);
        refuse(
                qwen(concat(i32(4), i64(2), i32(2), i32(4))),
                ErrorId.MODEL_UNSUPPORTED,
                "attention.head_count_kv differs between layers: '2' and '4'");
    }

    private static GgufBuilder qwen(byte[] kvHeads) {
        return new GgufBuilder()
                .text("general.architecture", "qwen2")
                .number("qwen2.block_count", 2)
                .number("qwen2.context_length", 256)
                .number("qwen2.embedding_length", 64)
                .number("qwen2.feed_forward_length", 96)
                .number("qwen2.attention.head_count", 4)
                .decimal("qwen2.attention.layer_norm_rms_epsilon", 1e-5f)
                .tensor("token_embd.weight", 0, new byte[64 * 5 * 4], 64, 5)
                .raw("qwen2.attention.head_count_kv", 9, kvHeads);
    }
}
