package dev.locret.format;

import static dev.locret.format.SafetensorsBuilder.tensor;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.locret.common.ErrorId;
import dev.locret.common.LocretException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SafetensorsWeightsTest {
    @TempDir
    Path dir;

    @BeforeEach
    void writeConfiguration() throws IOException {
        Files.copy(GoldenModels.path("llama-tied-tiny").resolve("config.json"), dir.resolve("config.json"));
    }

    private Path shard(String file, String... names) throws IOException {
        StringBuilder header = new StringBuilder("{");
        for (int i = 0; i < names.length; i++) {
            header.append(i == 0 ? "" : ",").append(tensor(names[i], "F32", "[1]", 4L * i, 4L * i + 4));
        }
        return Files.write(dir.resolve(file), SafetensorsBuilder.bytes(header + "}", 4 * names.length));
    }

    private void index(String weightMap) throws IOException {
        Files.writeString(dir.resolve("model.safetensors.index.json"), "{\"weight_map\":" + weightMap + "}");
    }

    @Test
    void readsOnlyTheShardsOfTheIndex() throws IOException {
        shard("model-1.safetensors", "a", "b");
        shard("model-2.safetensors", "c");
        Files.writeString(dir.resolve("model-3.safetensors"), "not of this model");
        index("{\"a\":\"model-1.safetensors\",\"b\":\"model-1.safetensors\",\"c\":\"model-2.safetensors\"}");
        ModelFiles model = ModelFiles.open(dir);
        assertThat(model.weights().names()).containsExactlyInAnyOrder("a", "b", "c");
        assertThat(model.directory()).isEqualTo(dir);
        Path index = dir.resolve("model.safetensors.index.json");
        assertThat(ModelFiles.open(index).weights().names()).hasSize(3);
    }

    @Test
    void listsMissingShards() throws IOException {
        shard("model-1.safetensors", "a");
        index("{\"a\":\"model-1.safetensors\",\"b\":\"model-2.safetensors\",\"c\":\"model-3.safetensors\"}");
        assertThatThrownBy(() -> ModelFiles.open(dir))
                .isInstanceOfSatisfying(
                        LocretException.class, e -> assertThat(e.id()).isEqualTo(ErrorId.FILE_NOT_READABLE))
                .hasMessage("safetensors index: 2 of 3 files of the model are missing: model-2.safetensors,"
                        + " model-3.safetensors: " + dir.resolve("model.safetensors.index.json"));
    }

    @Test
    void namesStaleAndHostileEntries() throws IOException {
        shard("model-1.safetensors", "a");
        Path index = dir.resolve("model.safetensors.index.json");
        index("{\"a\":\"model-1.safetensors\",\"gone\":\"model-1.safetensors\"}");
        assertThatThrownBy(() -> ModelFiles.open(dir))
                .hasMessage("safetensors index: tensor 'gone' is not in model-1.safetensors, which the index names for"
                        + " it (stale index): " + index);
        index("{\"a\":\"../secret.safetensors\"}");
        assertThatThrownBy(() -> ModelFiles.open(dir))
                .hasMessage("safetensors index: weight_map names '../secret.safetensors' for tensor 'a', expected a"
                        + " file name that ends in .safetensors: " + index);
        Files.writeString(index, "{}");
        assertThatThrownBy(() -> ModelFiles.open(dir)).hasMessage("safetensors index: weight_map is missing: " + index);
    }

    @Test
    void tiesTheOutputMatrixOnlyIfTheConfigurationSaysSo() throws IOException {
        Path file = shard("model.safetensors", "model.embed_tokens.weight");
        assertThat(ModelFiles.open(file).weights().config().tiedEmbeddings()).isTrue();
        String tied = Files.readString(dir.resolve("config.json"));
        Files.writeString(
                dir.resolve("config.json"),
                tied.replace("\"tie_word_embeddings\": true", "\"tie_word_embeddings\": false"));
        assertThatThrownBy(() -> ModelFiles.open(file))
                .isInstanceOfSatisfying(
                        LocretException.class, e -> assertThat(e.id()).isEqualTo(ErrorId.MODEL_MISMATCH))
                .hasMessage("model: weight 'lm_head.weight' is missing and config.json does not tie it to the"
                        + " embeddings. If the model ties them, set \"tie_word_embeddings\": true in config.json,"
                        + " otherwise the file that holds the weight is missing: " + file);
    }

    @Test
    void findsTheFilesOfTokenizerAndGeneration() throws IOException {
        shard("weights.safetensors", "a");
        for (String name : List.of("tokenizer.json", "tokenizer_config.json")) {
            Files.writeString(dir.resolve(name), "{}");
        }
        ModelFiles model = ModelFiles.open(dir);
        assertThat(model.tokenizerJson()).contains(dir.resolve("tokenizer.json"));
        assertThat(model.tokenizerConfig()).contains(dir.resolve("tokenizer_config.json"));
        assertThat(model.endOfSequenceIds()).containsExactly(2);
        Path generation = dir.resolve("generation_config.json");
        Files.writeString(generation, "{\"eos_token_id\": [7, 9]}");
        assertThat(model.endOfSequenceIds()).containsExactly(7, 9);
        Files.writeString(generation, "{\"eos_token_id\": 5}");
        assertThat(model.endOfSequenceIds()).containsExactly(5);
        Files.writeString(generation, "{\"eos_token_id\": [null]}");
        assertThatThrownBy(model::endOfSequenceIds)
                .hasMessage("generation_config.json: eos_token_id is missing: " + generation);
    }

    @Test
    void asksWhichOfSeveralModelsIsMeant() throws IOException {
        shard("a.safetensors", "a");
        Files.write(dir.resolve("b.gguf"), GgufBuilder.llama().bytes());
        assertThatThrownBy(() -> ModelFiles.open(dir))
                .hasMessage("model: several models in one directory, name one of a.safetensors, b.gguf: " + dir);
        ModelFiles gguf = ModelFiles.open(dir.resolve("b.gguf"));
        assertThat(gguf.gguf()).isPresent();
        Files.write(
                dir.resolve("b.gguf"),
                GgufBuilder.llama()
                        .number("tokenizer.ggml.eos_token_id", 3)
                        .number("tokenizer.ggml.eot_token_id", 4)
                        .bytes());
        assertThat(ModelFiles.open(dir.resolve("b.gguf")).endOfSequenceIds()).containsExactly(3, 4);
    }

    @Test
    void saysThatPyTorchWeightsMustBeConverted() throws IOException {
        Files.writeString(dir.resolve("pytorch_model.bin"), "");
        assertThatThrownBy(() -> ModelFiles.open(dir))
                .hasMessage("model: only PyTorch weights in directory, convert them to safetensors: " + dir);
    }
}
