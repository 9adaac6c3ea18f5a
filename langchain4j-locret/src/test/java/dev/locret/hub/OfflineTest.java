package dev.locret.hub;

import static org.assertj.core.api.Assertions.assertThat;

import dev.locret.common.ErrorId;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class OfflineTest {
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
    void findsWhatWasPulledAndAsksNobody() {
        hub.putSmall("config.json", "{}");
        hub.putLarge("model.safetensors", 100);
        hub.putLarge("model.gguf", 100);
        Path directory = hub.pull(cache, "hf:acme/tiny");
        Path file = hub.pull(cache, "hf:acme/tiny/model.gguf");
        hub.seen.clear();
        assertThat(offline("hf:acme/tiny")).isEqualTo(directory);
        assertThat(offline("hf:acme/tiny/model.gguf")).isEqualTo(file);
        assertThat(offline("hf:acme/tiny@" + FakeHub.COMMIT + "/model.gguf")).isEqualTo(file);
        assertThat(hub.seen).isEmpty();
    }

    @Test
    void saysWhatTheCacheLacks() throws IOException {
        refuses("hf:acme/tiny", "no revision 'main'");
        hub.putLarge("big-00001-of-00002.gguf", 100);
        hub.putLarge("big-00002-of-00002.gguf", 100);
        Path first = hub.pull(cache, "hf:acme/tiny/big-00001-of-00002.gguf");
        Files.delete(first.resolveSibling("big-00002-of-00002.gguf"));
        refuses("hf:acme/tiny/big-00001-of-00002.gguf", "no big-00002-of-00002.gguf of commit " + FakeHub.COMMIT);
        refuses("hf:acme/tiny/other.gguf", "no other.gguf of commit " + FakeHub.COMMIT);
        refuses("hf:acme/tiny@v1/other.gguf", "no revision 'v1'");
        refuses("hf:acme/tiny", "no safetensors file of commit " + FakeHub.COMMIT);
        refuses("hf:acme/tiny@" + "0".repeat(40), "no safetensors file of commit " + "0".repeat(40));
        assertThat(hub.gets("model.gguf")).isEmpty();
    }

    @Test
    void missesTheShardsOfAPullThatDied() throws IOException {
        hub.putSmall(
                "model.safetensors.index.json",
                "{\"weight_map\":{\"a\":\"model-1.safetensors\",\"b\":\"model-2.safetensors\"}}");
        hub.putLarge("model-1.safetensors", 100);
        hub.putLarge("model-2.safetensors", 100);
        Path directory = hub.pull(cache, "hf:acme/tiny");
        // A link whose blob is gone counts as missing.
        Files.delete(directory.resolve("model-2.safetensors").toRealPath());
        refuses("hf:acme/tiny", "no model-2.safetensors of commit " + FakeHub.COMMIT);
    }

    @Test
    void takesNoCommitFromADamagedRef() throws IOException {
        Path ref = cache.resolve("models--acme--tiny/refs/main");
        Files.createDirectories(ref.getParent());
        Files.writeString(ref, "../../../etc");
        refuses("hf:acme/tiny", "no revision 'main'");
    }

    private Path offline(String source) {
        HubConfig config = hub.config(cache).withOffline(true);
        return hub.client(config).resolve(ModelSource.parse(source), DownloadProgress.NONE);
    }

    private void refuses(String source, String lack) {
        HubAsserts.assertFails(
                () -> offline(source),
                ErrorId.DOWNLOAD,
                "hub: offline (HF_HUB_OFFLINE) and the cache has " + lack + ": " + source + ": "
                        + cache.resolve("models--acme--tiny"));
        assertThat(hub.seen).noneMatch(request -> request.path().endsWith("other.gguf"));
    }
}
