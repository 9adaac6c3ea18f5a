package dev.locret.format;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.locret.common.ErrorId;
import dev.locret.common.LocretException;
import dev.locret.format.RopeConfig.Kind;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class ModelFilesTest {
    @TempDir
    Path dir;

    static Iterable<String> goldenNames() {
        return GoldenModels.NAMES;
    }

    @ParameterizedTest
    @MethodSource("goldenNames")
    void opensEveryGoldenModelWithTheWeightsItsConfigurationSays(String name) {
        try (ModelFiles model = ModelFiles.open(GoldenModels.path(name))) {
            WeightSource weights = model.weights();
            ModelConfig c = weights.config();
            int kvRows = c.kvHeads() * c.headDim();
            weights.require("model.embed_tokens.weight", c.vocabularySize(), c.hiddenSize());
            weights.require("model.norm.weight", c.hiddenSize());
            if (!c.tiedEmbeddings()) {
                weights.require("lm_head.weight", c.vocabularySize(), c.hiddenSize());
            }
            for (int i = 0; i < c.layers(); i++) {
                String layer = "model.layers." + i + ".";
                weights.require(layer + "input_layernorm.weight", c.hiddenSize());
                weights.require(layer + "self_attn.o_proj.weight", c.hiddenSize(), c.heads() * c.headDim());
                if (c.architecture().equals("phi3")) {
                    int fused = c.heads() * c.headDim() + 2 * kvRows;
                    weights.require(layer + "self_attn.qkv_proj.weight", fused, c.hiddenSize());
                    weights.require(layer + "mlp.gate_up_proj.weight", 2 * c.feedForwardSize(), c.hiddenSize());
                } else {
                    weights.require(layer + "self_attn.k_proj.weight", kvRows, c.hiddenSize());
                    weights.require(layer + "mlp.gate_proj.weight", c.feedForwardSize(), c.hiddenSize());
                }
            }
            assertThat(model.endOfSequenceIds()).containsExactly(2);
            assertThat(model.gguf()).isEmpty();
            assertThat(model.tokenizerJson()).isEmpty();
        }
    }

    @Test
    void readsTheConfigurationOfAuthorsModels() {
        ModelConfig llama = config("llama-tiny");
        assertThat(llama.headDim()).isEqualTo(8);
        assertThat(llama.rope().kind()).isEqualTo(Kind.LLAMA3);
        assertThat(llama.rope().originalContext()).isEqualTo(512);
        assertThat(llama.contextLength()).isEqualTo(4096);
        ModelConfig phi = config("phi3-tiny");
        assertThat(phi.rope().kind()).isEqualTo(Kind.LONGROPE);
        assertThat(phi.rope().factor()).isEqualTo(16);
        assertThat(phi.rope().longFactors()).hasSize(8).endsWith(18.15f);
        assertThat(config("qwen3-tiny").headDim()).isEqualTo(32);
        assertThat(config("mistral-tiny").slidingWindow()).isZero();
    }

    private static ModelConfig config(String name) {
        return ModelFiles.open(GoldenModels.path(name)).weights().config();
    }

    @Test
    void refusesWhatIsNoModel() throws IOException {
        Path text = Files.writeString(dir.resolve("notes.txt"), "Call me Ishmael.");
        assertThatThrownBy(() -> ModelFiles.open(text))
                .isInstanceOfSatisfying(
                        LocretException.class, e -> assertThat(e.id()).isEqualTo(ErrorId.FILE_UNSUPPORTED))
                .hasMessage("model: neither GGUF nor safetensors, by its first bytes: " + text);
        assertThatThrownBy(() -> ModelFiles.open(dir))
                .hasMessage("model: no .gguf or .safetensors file in directory: " + dir);
        Path absent = dir.resolve("absent.gguf");
        assertThatThrownBy(() -> ModelFiles.open(absent))
                .isInstanceOfSatisfying(
                        LocretException.class, e -> assertThat(e.id()).isEqualTo(ErrorId.FILE_NOT_READABLE))
                .hasMessage("file: does not exist: " + absent);
    }
}
