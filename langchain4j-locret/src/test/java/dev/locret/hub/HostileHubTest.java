package dev.locret.hub;

import static org.assertj.core.api.Assertions.assertThat;

import dev.locret.common.ErrorId;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Servers that lie. After each refusal nothing may be visible, and a server that serves well must still do. */
class HostileHubTest {
    private static final String SOURCE = "hf:acme/tiny/model.gguf";

    @TempDir
    Path cache;

    FakeHub hub;
    byte[] content;

    @BeforeEach
    void start() throws IOException {
        hub = new FakeHub();
        content = hub.putLarge("model.gguf", 100_000);
    }

    @AfterEach
    void stop() {
        hub.close();
    }

    @Test
    void refusesAnAnnouncedLengthThatIsTooLong() throws IOException {
        hub.linkedSizes.put("model.gguf", "200000");
        refuses("hub: two lengths for one file: announced=200000, sent=100000: " + SOURCE);
    }

    @Test
    void refusesAnAnnouncedLengthThatIsTooShort() throws IOException {
        hub.linkedSizes.put("model.gguf", "50000");
        refuses("hub: two lengths for one file: announced=50000, sent=100000: " + SOURCE);
    }

    @Test
    void refusesARangeOfAnotherLength() throws IOException {
        FakeHub.Handler longer = (exchange, bytes) -> {
            exchange.getResponseHeaders().set("Content-Range", "bytes 40000-100000/100001");
            exchange.sendResponseHeaders(206, 60_001);
            exchange.getResponseBody().write(bytes, 40_000, 60_000);
            exchange.getResponseBody().flush();
        };
        hub.next("GET", "model.gguf", FakeHub.cutAfter(40_000), longer);
        refuses("hub: two lengths for one file: announced=100000, sent=100001: " + SOURCE);
    }

    @Test
    void refusesABodyThatGoesOn() throws IOException {
        hub.next("GET", "model.gguf", FakeHub.chunked(Arrays.copyOf(content, 100_001)));
        refuses("hub: the answer goes on after the 100000 bytes stated: " + SOURCE);
    }

    @Test
    void givesUpOnABodyThatAlwaysEndsEarly() throws IOException {
        hub.always("GET", "model.gguf", FakeHub.chunked(Arrays.copyOf(content, 50_000)));
        HubAsserts.assertFails(
                () -> hub.pull(cache, SOURCE),
                ErrorId.DOWNLOAD,
                "hub: gave up after 3 attempts: connection cut at byte 50000 of 100000 (the answer ends): " + SOURCE);
        assertThat(HubAsserts.filesUnder(cache, "snapshots")).isEmpty();
        assertThat(hub.gets("model.gguf")).hasSize(3);
    }

    @Test
    void refusesAWrongSha256AndRemovesTheBlob() throws IOException {
        String announced = FakeHub.sha256(new byte[1]);
        hub.etags.put("model.gguf", announced);
        refuses("hub: wrong hash: expected=" + announced + ", found=" + FakeHub.sha256(content) + ": " + SOURCE);
        assertThat(HubAsserts.filesUnder(cache, "blobs")).isEmpty();
        assertThat(hub.gets("model.gguf")).hasSize(1);
    }

    @Test
    void refusesAWrongHashAlsoAfterAResume() throws IOException {
        String announced = FakeHub.sha256(new byte[1]);
        hub.etags.put("model.gguf", announced);
        hub.next("GET", "model.gguf", FakeHub.cutAfter(40_000));
        refuses("hub: wrong hash: expected=" + announced + ", found=" + FakeHub.sha256(content) + ": " + SOURCE);
        assertThat(HubAsserts.filesUnder(cache, "blobs")).isEmpty();
        // The resumed download once more from the start, and no more.
        assertThat(hub.gets("model.gguf")).extracting(FakeHub.Seen::range).containsExactly(null, "bytes=40000-", null);
    }

    @Test
    void refusesAWrongGitHash() throws IOException {
        hub.putSmall("model.safetensors", "small");
        hub.etags.put("model.safetensors", FakeHub.gitSha1(new byte[1]));
        HubAsserts.assertFails(
                () -> hub.pull(cache, "hf:acme/tiny"),
                ErrorId.DOWNLOAD,
                "hub: wrong hash: expected=" + FakeHub.gitSha1(new byte[1]) + ", found="
                        + FakeHub.gitSha1(hub.files.get("model.safetensors"))
                        + ": hf:acme/tiny/model.safetensors");
        assertThat(HubAsserts.filesUnder(cache, "")).isEmpty();
    }

    @Test
    void refusesToTakeAFileItCannotCheck() throws IOException {
        hub.etags.put("model.gguf", "../../x");
        refuses("hub: the answer carries no SHA-256 or git hash to check against: ETag='\"../../x\"': " + SOURCE);
        hub.etags.put("model.gguf", FakeHub.sha256(content));
        hub.next(
                "HEAD",
                "model.gguf",
                FakeHub.status(200, "X-Linked-Etag", FakeHub.sha256(content), "X-Linked-Size", "-5"));
        refuses("hub: the answer states no length: Content-Length='-5': " + SOURCE);
    }

    @Test
    void refusesAListingThatLeavesTheRepository() throws IOException {
        for (String path : new String[] {"../../evil.json", "/etc/passwd", "a/../../b", "C:evil", ""}) {
            hub.listing = "{\"sha\":\"" + FakeHub.COMMIT + "\",\"siblings\":[" + FakeHub.sibling(path) + "]}";
            refuses("hub: the listing names a file outside the repository: file='" + path + "': " + SOURCE);
        }
        hub.listing = "{\"sha\":\"../../evil\",\"siblings\":[]}";
        refuses("hub: the listing names no commit: sha='../../evil': " + SOURCE);
    }

    @Test
    void refusesAListingThatIsNone() throws IOException {
        hub.listing = "<html>";
        refuses("hub: the listing is not JSON (Unexpected character ('<' (code 60)): expected a valid value (JSON"
                + " String, Number, Array, Object or token 'null', 'true' or 'false')): " + SOURCE);
        hub.listing = "[]";
        refuses("hub: the listing names no commit: sha='': " + SOURCE);
        hub.listing = " ".repeat((32 << 20) + 1);
        refuses("hub: the listing is longer than 33554432 bytes: " + SOURCE);
    }

    @Test
    void refusesAnIndexThatLeavesItsDirectory() {
        Path index = cache.resolve("models--acme--tiny/snapshots/" + FakeHub.COMMIT + "/model.safetensors.index.json");
        refusesIndex(
                "{\"weight_map\":{\"a\":\"../x.safetensors\"}}",
                "not a shard of this directory: shard='../x.safetensors': " + index);
        refusesIndex(
                "{\"weight_map\":{\"a\":\"pytorch_model.bin\"}}",
                "not a shard of this directory: shard='pytorch_model.bin': " + index);
        refusesIndex("{}", "no shard under 'weight_map': " + index);
    }

    private void refusesIndex(String json, String message) {
        hub.putSmall("model.safetensors.index.json", json);
        // The same commit may not change; another content stands for damage and is fetched again by its length.
        HubAsserts.assertFails(() -> hub.pull(cache, "hf:acme/tiny"), ErrorId.FILE_DAMAGED, "index: " + message);
    }

    private void refuses(String message) throws IOException {
        HubAsserts.assertFails(() -> hub.pull(cache, SOURCE), ErrorId.DOWNLOAD, message);
        assertThat(HubAsserts.filesUnder(cache, "snapshots")).isEmpty();
        assertThat(HubAsserts.filesUnder(cache, "refs")).isEmpty();
    }
}
