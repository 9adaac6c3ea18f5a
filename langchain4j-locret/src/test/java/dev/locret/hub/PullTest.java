package dev.locret.hub;

import static org.assertj.core.api.Assertions.assertThat;

import dev.locret.common.ErrorId;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A hub that serves well. */
class PullTest {
    @TempDir
    Path cache;

    FakeHub hub;

    @BeforeEach
    void start() throws IOException {
        hub = new FakeHub();
    }

    @AfterEach
    void stop() {
        hub.close();
    }

    @Test
    void laysOneFileOutAsHuggingFaceDoes() throws IOException {
        byte[] content = hub.putLarge("sub/model file.gguf", 100_000);
        Path file = hub.pull(cache, "hf:acme/tiny/sub/model file.gguf");

        Path root = cache.resolve("models--acme--tiny");
        assertThat(file).isEqualTo(root.resolve("snapshots/" + FakeHub.COMMIT + "/sub/model file.gguf"));
        assertThat(file).hasBinaryContent(content);
        assertThat(Files.readSymbolicLink(file)).isEqualTo(Path.of("../../../blobs/" + FakeHub.sha256(content)));
        assertThat(root.resolve("refs/main")).hasContent(FakeHub.COMMIT);
        assertThat(HubAsserts.filesUnder(cache, ""))
                .containsExactly(
                        "blobs/" + FakeHub.sha256(content),
                        "refs/main",
                        "snapshots/" + FakeHub.COMMIT + "/sub/model file.gguf");
        assertThat(hub.gets("sub/model%20file.gguf")).hasSize(1);
    }

    @Test
    void takesTheFilesOfAModelAndNoOthers() throws IOException {
        for (String small :
                List.of("config.json", "generation_config.json", "tokenizer.json", "tokenizer_config.json")) {
            hub.putSmall(small, "{\"name\":\"" + small + "\"}");
        }
        hub.putSmall("chat_template.jinja", "{{ messages }}");
        hub.putSmall("additional_chat_templates/tool_use.jinja", "{{ tools }}");
        hub.putSmall("README.md", "no");
        hub.putSmall("onnx/config.json", "no");
        hub.putLarge("pytorch_model.bin", 10);
        hub.putLarge("model.Q4_1.gguf", 10);
        hub.putLarge("model.safetensors", 5000);

        Path directory = hub.pull(cache, "hf:acme/tiny");

        assertThat(directory).isEqualTo(cache.resolve("models--acme--tiny/snapshots/" + FakeHub.COMMIT));
        assertThat(HubAsserts.filesUnder(cache, "snapshots/" + FakeHub.COMMIT))
                .containsExactly(
                        "additional_chat_templates/tool_use.jinja",
                        "chat_template.jinja",
                        "config.json",
                        "generation_config.json",
                        "model.safetensors",
                        "tokenizer.json",
                        "tokenizer_config.json");
        // The weights last: a directory that has them has all the rest.
        assertThat(hub.seen.get(hub.seen.size() - 1).path()).endsWith("/model.safetensors");
    }

    @Test
    void takesTheShardsOfTheIndexOnly() throws IOException {
        hub.putSmall("config.json", "{}");
        hub.putSmall(
                "model.safetensors.index.json",
                "{\"weight_map\":{\"a\":\"model-2.safetensors\",\"b\":\"model-1.safetensors\",\"c\":\"model-1.safetensors\"}}");
        hub.putLarge("model-1.safetensors", 300);
        hub.putLarge("model-2.safetensors", 300);
        hub.putLarge("consolidated.safetensors", 600);

        hub.pull(cache, "hf:acme/tiny");

        assertThat(HubAsserts.filesUnder(cache, "snapshots/" + FakeHub.COMMIT))
                .containsExactly(
                        "config.json", "model-1.safetensors", "model-2.safetensors", "model.safetensors.index.json");
    }

    @Test
    void namesShardsThatTheRepositoryLacks() {
        hub.putSmall(
                "model.safetensors.index.json",
                "{\"weight_map\":{\"a\":\"model-1.safetensors\",\"b\":\"m2.safetensors\"}}");
        hub.putLarge("model-1.safetensors", 300);
        HubAsserts.assertFails(
                () -> hub.pull(cache, "hf:acme/tiny"),
                ErrorId.DOWNLOAD,
                "hub: the repository lacks m2.safetensors: hf:acme/tiny");
        assertThat(hub.gets("model-1.safetensors")).isEmpty();
    }

    @Test
    void takesAllPartsOfASplitGguf() throws IOException {
        hub.putLarge("big-00001-of-00002.gguf", 300);
        hub.putLarge("big-00002-of-00002.gguf", 200);
        Path first = hub.pull(cache, "hf:acme/tiny/big-00001-of-00002.gguf");
        assertThat(first).hasFileName("big-00001-of-00002.gguf").exists();
        assertThat(first.resolveSibling("big-00002-of-00002.gguf")).hasSize(200);
    }

    @Test
    void asksForNothingTwice() throws IOException {
        hub.putLarge("model.gguf", 1000);
        hub.putSmall("empty.gguf", "");
        hub.pull(cache, "hf:acme/tiny/model.gguf");
        hub.pull(cache, "hf:acme/tiny/model.gguf");
        Path byCommit = hub.pull(cache, "hf:acme/tiny@" + FakeHub.COMMIT + "/model.gguf");
        assertThat(byCommit).hasSize(1000);
        assertThat(hub.gets("model.gguf")).hasSize(1);
        assertThat(hub.pull(cache, "hf:acme/tiny/empty.gguf")).isEmptyFile();
        assertThat(HubAsserts.filesUnder(cache, "refs")).containsExactly("main");
    }

    @Test
    void asksForRevisionsByTheirEncodedNames() throws IOException {
        hub.putLarge("model.gguf", 10);
        hub.pull(cache, "hf:acme/tiny@refs/pr/7/model.gguf");
        assertThat(hub.seen.get(0).path()).isEqualTo("/api/models/acme/tiny/revision/refs%2Fpr%2F7");
        assertThat(HubAsserts.filesUnder(cache, "refs")).containsExactly("refs/pr/7");
    }

    @Test
    void fetchesAgainWhatWasDamagedInTheCache() throws IOException {
        byte[] content = hub.putLarge("model.gguf", 1000);
        Path file = hub.pull(cache, "hf:acme/tiny/model.gguf");
        Files.write(file.toRealPath(), new byte[999]);
        assertThat(hub.pull(cache, "hf:acme/tiny/model.gguf")).hasBinaryContent(content);
        assertThat(hub.gets("model.gguf")).hasSize(2);
    }

    @Test
    void leavesTheChoiceAmongGgufFilesToTheUser() {
        hub.putLarge("a.Q4_0.gguf", 10);
        hub.putLarge("b/a.Q8_0.gguf", 10);
        HubAsserts.assertFails(
                () -> hub.pull(cache, "hf:acme/tiny"),
                ErrorId.INVALID_ARGUMENT,
                "hub: the repository has GGUF files only; name one of a.Q4_0.gguf, b/a.Q8_0.gguf: hf:acme/tiny");
        HubAsserts.assertFails(
                () -> hub.pull(cache, "hf:acme/tiny/a.gguf"),
                ErrorId.DOWNLOAD,
                "hub: the repository lacks a.gguf; its GGUF files are a.Q4_0.gguf, b/a.Q8_0.gguf:"
                        + " hf:acme/tiny/a.gguf");
    }

    @Test
    void saysWhenThereAreNoWeights() {
        hub.putSmall("config.json", "{}");
        hub.putLarge("pytorch_model.bin", 10);
        HubAsserts.assertFails(
                () -> hub.pull(cache, "hf:acme/tiny"),
                ErrorId.INVALID_ARGUMENT,
                "hub: the repository has neither safetensors nor GGUF files: hf:acme/tiny");
    }

    @Test
    void reportsProgressFromFirstToLastByte() {
        hub.putLarge("model.gguf", 200_000);
        List<Long> done = new ArrayList<>();
        hub.client(hub.config(cache)).resolve(ModelSource.parse("hf:acme/tiny/model.gguf"), (file, bytes, total) -> {
            assertThat(file).isEqualTo("model.gguf");
            assertThat(total).isEqualTo(200_000);
            done.add(bytes);
        });
        assertThat(done).isSorted().startsWith(0L).endsWith(200_000L).hasSizeGreaterThan(2);
    }

    @Test
    void takesLocalPathsAsTheyAre() {
        assertThat(hub.pull(cache, cache.toString())).isEqualTo(cache);
        String absent = cache.resolve("no.gguf").toString();
        HubAsserts.assertFails(
                () -> hub.pull(cache, absent),
                ErrorId.FILE_NOT_READABLE,
                "source: no such file or directory: " + absent);
        HubAsserts.assertFails(
                () -> hub.pull(cache, "acme/tiny"),
                ErrorId.FILE_NOT_READABLE,
                "source: no such file or directory (a repository is hf:acme/tiny): acme/tiny");
        assertThat(hub.seen).isEmpty();
    }
}
