package dev.locret.format;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.locret.tensor.DType;
import dev.locret.tensor.HostTensor;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class GgufWeightsTest {
    private static final int HEAD_DIM = 16;
    private static final List<String> LAYER_PARTS = List.of(
            "attn_norm", "ffn_norm", "attn_q", "attn_k", "attn_v", "attn_output", "ffn_gate", "ffn_up", "ffn_down");

    /**
     * What convert_hf_to_gguf.py does with q and k: {@code weights.reshape(n_head, 2, d / 2, cols).swapaxes(1, 2)},
     * on rows of {@code rowBytes}.
     */
    private static byte[] permute(byte[] rows, int heads, int rowBytes) {
        int half = HEAD_DIM / 2;
        byte[] out = new byte[rows.length];
        for (int h = 0; h < heads; h++) {
            for (int a = 0; a < 2; a++) {
                for (int b = 0; b < half; b++) {
                    int from = (h * 2 + a) * half + b;
                    int to = (h * half + b) * 2 + a;
                    System.arraycopy(rows, from * rowBytes, out, to * rowBytes, rowBytes);
                }
            }
        }
        return out;
    }

    private static byte[] random(int size) {
        byte[] bytes = new byte[size];
        new Random(size).nextBytes(bytes);
        return bytes;
    }

    private static byte[] content(HostTensor tensor) {
        ByteBuffer view = tensor.rows(0, Math.toIntExact(tensor.rows()));
        byte[] bytes = new byte[view.remaining()];
        view.get(bytes);
        return bytes;
    }

    @ParameterizedTest
    @CsvSource({"0, F32", "30, BF16", "2, Q4_0", "3, Q4_1", "8, Q8_0"})
    void undoesThePermutationOfLlamaQueriesAndKeys(int number, DType type) {
        int rowBytes = (int) type.bytes(64);
        byte[] q = random(4 * HEAD_DIM * rowBytes);
        byte[] k = random(2 * HEAD_DIM * rowBytes);
        byte[] v = random(2 * HEAD_DIM * rowBytes);
        byte[] bias = random(4 * HEAD_DIM * 4);
        GgufWeights weights = new GgufWeights(GgufBuilder.llama()
                .tensor("blk.0.attn_q.weight", number, permute(q, 4, rowBytes), 64, 64)
                .tensor("blk.0.attn_k.weight", number, permute(k, 2, rowBytes), 64, 32)
                .tensor("blk.0.attn_v.weight", number, v, 64, 32)
                .tensor("blk.0.attn_q.bias", 0, permute(bias, 4, 4), 64)
                .file());
        HostTensor query = weights.require("model.layers.0.self_attn.q_proj.weight", 64, 64);
        assertThat(content(query)).isEqualTo(q);
        assertThat(content(weights.require("model.layers.0.self_attn.k_proj.weight", 32, 64)))
                .isEqualTo(k);
        assertThat(content(weights.require("model.layers.0.self_attn.v_proj.weight", 32, 64)))
                .isEqualTo(v);
        assertThat(content(weights.require("model.layers.0.self_attn.q_proj.bias", 64)))
                .isEqualTo(bias);
        byte[] middle = new byte[3 * rowBytes];
        query.rows(15, 3).get(middle);
        assertThat(middle).isEqualTo(Arrays.copyOfRange(q, 15 * rowBytes, 18 * rowBytes));
        assertThatThrownBy(() -> query.bytes().slice(1, rowBytes))
                .hasMessage("slice of 'blk.0.attn_q.weight' is not made of whole rows: offset=1, length=" + rowBytes
                        + ", rowBytes=" + rowBytes);
    }

    @Test
    void refusesQueriesThatAreNotMadeOfHeads() {
        GgufFile file = GgufBuilder.llama()
                .tensor("blk.0.attn_q.weight", 0, random(4 * 64 * 20), 64, 20)
                .file();
        assertThatThrownBy(() -> new GgufWeights(file))
                .hasMessage("gguf: tensor 'blk.0.attn_q.weight' of shape [20, 64] and type F32 is not made of heads of"
                        + " 16 rows: test.gguf");
    }

    @Test
    void goldenModelReadsTheSameFromGgufAndSafetensors() {
        WeightSource expected =
                ModelFiles.open(GoldenModels.path("llama-tied-tiny")).weights();
        ModelConfig c = expected.config();
        GgufBuilder builder = new GgufBuilder()
                .text("general.architecture", "llama")
                .number("llama.block_count", c.layers())
                .number("llama.context_length", c.contextLength())
                .number("llama.embedding_length", c.hiddenSize())
                .number("llama.feed_forward_length", c.feedForwardSize())
                .number("llama.attention.head_count", c.heads())
                .number("llama.attention.head_count_kv", c.kvHeads())
                .number("llama.attention.key_length", c.headDim())
                .number("llama.vocab_size", c.vocabularySize())
                .decimal("llama.attention.layer_norm_rms_epsilon", c.normEpsilon());
        copy(expected, builder, "token_embd.weight", "model.embed_tokens.weight");
        copy(expected, builder, "output_norm.weight", "model.norm.weight");
        for (int i = 0; i < c.layers(); i++) {
            for (String part : LAYER_PARTS) {
                String name = "blk." + i + "." + part + ".weight";
                copy(expected, builder, name, GgufNames.huggingFace(name, "llama"));
            }
        }
        GgufWeights actual = new GgufWeights(builder.file());
        assertThat(actual.config()).isEqualTo(c);
        assertThat(actual.names()).isEqualTo(expected.names());
        for (String name : expected.names()) {
            HostTensor tensor = actual.find(name).orElseThrow();
            assertThat(tensor.shape())
                    .isEqualTo(expected.find(name).orElseThrow().shape());
            assertThat(content(tensor))
                    .as(name)
                    .isEqualTo(content(expected.find(name).orElseThrow()));
        }
    }

    private static void copy(WeightSource from, GgufBuilder to, String name, String huggingFace) {
        HostTensor tensor = from.find(huggingFace).orElseThrow();
        byte[] bytes = content(tensor);
        if (name.contains("attn_q") || name.contains("attn_k")) {
            bytes = permute(bytes, Math.toIntExact(tensor.rows()) / HEAD_DIM, tensor.rowBytes());
        }
        long[] ne = tensor.shape().rank() == 1
                ? new long[] {tensor.columns()}
                : new long[] {tensor.columns(), tensor.rows()};
        to.tensor(name, 30, bytes, ne);
    }

    @Test
    void leavesOtherArchitecturesInTheirOrderAndNamesFusedTensors() {
        byte[] q = random(64 * 64 * 4);
        GgufBuilder qwen = llamaAs("qwen2").tensor("blk.0.attn_q.weight", 0, q, 64, 64);
        assertThat(content(new GgufWeights(qwen.file())
                        .find("model.layers.0.self_attn.q_proj.weight")
                        .orElseThrow()))
                .isEqualTo(q);
        GgufWeights phi = new GgufWeights(llamaAs("phi3")
                .tensor("blk.0.attn_qkv.weight", 0, random(128 * 64 * 4), 64, 128)
                .tensor("blk.0.ffn_up.weight", 0, random(192 * 64 * 4), 64, 192)
                .tensor("blk.0.something.weight", 0, new byte[4], 1)
                .file());
        phi.require("model.layers.0.self_attn.qkv_proj.weight", 128, 64);
        phi.require("model.layers.0.mlp.gate_up_proj.weight", 192, 64);
        assertThat(phi.names()).contains("blk.0.something.weight");
        assertThatThrownBy(() -> phi.require("model.layers.0.mlp.gate_up_proj.weight", 191, 64))
                .hasMessage("model: weight 'model.layers.0.mlp.gate_up_proj.weight' has shape [192, 64], the"
                        + " configuration says [191, 64]: test.gguf");
        assertThatThrownBy(() -> phi.require("model.norm.weight", 64))
                .hasMessage("model: weight 'model.norm.weight' is missing: test.gguf");
    }

    private static GgufBuilder llamaAs(String architecture) {
        return new GgufBuilder()
                .text("general.architecture", architecture)
                .number(architecture + ".block_count", 1)
                .number(architecture + ".context_length", 256)
                .number(architecture + ".embedding_length", 64)
                .number(architecture + ".feed_forward_length", 96)
                .number(architecture + ".attention.head_count", 4)
                .number(architecture + ".attention.head_count_kv", 2)
                .decimal(architecture + ".attention.layer_norm_rms_epsilon", 1e-5f)
                .number(architecture + ".vocab_size", 32);
    }

    @Test
    void embeddingsAreTiedUnlessThereIsAnOutputMatrix() {
        assertThat(new GgufWeights(GgufBuilder.llama().file()).config().tiedEmbeddings())
                .isTrue();
        GgufBuilder untied = GgufBuilder.llama().tensor("output.weight", 0, random(32 * 64 * 4), 64, 32);
        assertThat(new GgufWeights(untied.file()).config().tiedEmbeddings()).isFalse();
    }
}
