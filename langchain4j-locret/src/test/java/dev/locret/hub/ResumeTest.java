package dev.locret.hub;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.locret.common.ErrorId;
import dev.locret.common.LocretException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Connections that end early, and downloads that go on from what is there. */
class ResumeTest {
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
    void goesOnAfterACut() {
        hub.next("GET", "model.gguf", FakeHub.cutAfter(40_000), FakeHub.cutAfter(30_000));
        assertThat(hub.pull(cache, SOURCE)).hasBinaryContent(content);
        assertThat(ranges()).containsExactly(null, "bytes=40000-", "bytes=70000-");
        assertThat(hub.slept).containsExactly(Duration.ofSeconds(1), Duration.ofSeconds(2));
    }

    @Test
    void keepsWhatItHasWhenItGivesUp() throws IOException {
        hub.next("GET", "model.gguf", FakeHub.cutAfter(40_000), FakeHub.cutAfter(25_000), FakeHub.cutAfter(25_000));
        // What stands in brackets is the JDK's own.
        assertThatThrownBy(() -> hub.pull(cache, SOURCE))
                .isInstanceOfSatisfying(
                        LocretException.class, e -> assertThat(e.id()).isEqualTo(ErrorId.DOWNLOAD))
                .hasMessageMatching(
                        "hub: gave up after 3 attempts: connection cut at byte 90000 of 100000 \\(.+\\): " + SOURCE);
        assertThat(HubAsserts.filesUnder(cache, ""))
                .containsExactly("blobs/" + FakeHub.sha256(content) + ".incomplete");

        assertThat(hub.pull(cache, SOURCE)).hasBinaryContent(content);
        assertThat(ranges()).endsWith("bytes=90000-");
        assertThat(HubAsserts.filesUnder(cache, "blobs")).containsExactly(FakeHub.sha256(content));
    }

    @Test
    void countsRetriesAfreshWhileTheDownloadProgresses() {
        byte[] large = hub.putLarge("large.gguf", 8 << 20);
        IntStream.range(0, 6).forEach(i -> hub.next("GET", "large.gguf", FakeHub.cutAfter(1 << 20)));
        assertThat(hub.pull(cache, "hf:acme/tiny/large.gguf")).hasBinaryContent(large);
        assertThat(hub.slept).hasSize(6).containsOnly(Duration.ofSeconds(1));
    }

    @Test
    void startsOverWhenTheServerKnowsNoRanges() {
        FakeHub.Handler whole = (exchange, bytes) -> {
            exchange.sendResponseHeaders(200, bytes.length);
            exchange.getResponseBody().write(bytes);
        };
        hub.next("GET", "model.gguf", FakeHub.cutAfter(40_000), whole);
        assertThat(hub.pull(cache, SOURCE)).hasBinaryContent(content);
        assertThat(ranges()).containsExactly(null, "bytes=40000-");
    }

    @Test
    void startsOverWhenTheFileChangedBetweenAttempts() {
        hub.next(
                "GET",
                "model.gguf",
                tagged("\"one\"", FakeHub.cutAfter(40_000)),
                tagged("\"two\"", FakeHub.cutAfter(60_000)));
        assertThat(hub.pull(cache, SOURCE)).hasBinaryContent(content);
        assertThat(ranges()).containsExactly(null, "bytes=40000-", null);
        assertThat(hub.gets("model.gguf").get(1).ifRange()).isEqualTo("\"one\"");
    }

    @Test
    void sendsNoWeakTagWithARange() {
        hub.next("GET", "model.gguf", tagged("W/\"one\"", FakeHub.cutAfter(40_000)));
        hub.next("GET", "model.gguf", tagged("W/\"one\"", FakeHub.cutAfter(60_000)));
        assertThat(hub.pull(cache, SOURCE)).hasBinaryContent(content);
        assertThat(hub.gets("model.gguf").get(1).ifRange()).isNull();
    }

    @Test
    void startsOverWhenTheServerSendsAnotherRange() {
        FakeHub.Handler other = (exchange, bytes) -> {
            exchange.getResponseHeaders().set("Content-Range", "bytes 10-99999/100000");
            exchange.sendResponseHeaders(206, bytes.length - 10);
            exchange.getResponseBody().write(bytes, 10, bytes.length - 10);
        };
        hub.next("GET", "model.gguf", FakeHub.cutAfter(40_000), other);
        assertThat(hub.pull(cache, SOURCE)).hasBinaryContent(content);
        assertThat(ranges()).containsExactly(null, "bytes=40000-", null);
    }

    @Test
    void startsOverWhenTheRangeIsRefused() {
        hub.next("GET", "model.gguf", FakeHub.cutAfter(40_000), FakeHub.status(416));
        assertThat(hub.pull(cache, SOURCE)).hasBinaryContent(content);
        assertThat(ranges()).containsExactly(null, "bytes=40000-", null);
    }

    @Test
    void startsOverWhenAnEarlierProcessLeftDamage() throws IOException {
        leaveIncomplete(new byte[30_000]);
        assertThat(hub.pull(cache, SOURCE)).hasBinaryContent(content);
        assertThat(ranges()).containsExactly("bytes=30000-", null);
    }

    @Test
    void asksForNothingWhenOnlyTheCheckWasMissing() throws IOException {
        leaveIncomplete(content);
        assertThat(hub.pull(cache, SOURCE)).hasBinaryContent(content);
        assertThat(ranges()).isEmpty();
    }

    @Test
    void startsOverWhenTheRestIsLongerThanTheFile() throws IOException {
        leaveIncomplete(Arrays.copyOf(content, 100_001));
        assertThat(hub.pull(cache, SOURCE)).hasBinaryContent(content);
        assertThat(ranges()).containsExactly((String) null);
    }

    @Test
    void takesASilentServerForACut() {
        CountDownLatch pulled = new CountDownLatch(1);
        FakeHub.Handler silent = (exchange, bytes) -> {
            FakeHub.cutAfter(40_000).answer(exchange, bytes);
            await(pulled);
        };
        hub.next("GET", "model.gguf", silent);
        HubConfig config = hub.config(cache).withSilence(Duration.ofMillis(300));
        Path file = hub.client(config).resolve(ModelSource.parse(SOURCE), DownloadProgress.NONE);
        pulled.countDown();
        assertThat(file).hasBinaryContent(content);
        assertThat(ranges()).containsExactly(null, "bytes=40000-");
    }

    @Test
    void triesAgainWhenNoAnswerComes() {
        CountDownLatch pulled = new CountDownLatch(1);
        hub.always("GET", "listing", (exchange, bytes) -> await(pulled));
        HubConfig config = hub.config(cache).withSilence(Duration.ofMillis(200));
        HubAsserts.assertFails(
                () -> hub.client(config).resolve(ModelSource.parse(SOURCE), DownloadProgress.NONE),
                ErrorId.DOWNLOAD,
                "hub: gave up after 3 attempts: no answer within 200 ms from " + hub.endpoint()
                        + "/api/models/acme/tiny/revision/main: " + SOURCE);
        pulled.countDown();
    }

    private static FakeHub.Handler tagged(String etag, FakeHub.Handler handler) {
        return (exchange, bytes) -> {
            exchange.getResponseHeaders().set("ETag", etag);
            handler.answer(exchange, bytes);
        };
    }

    private static void await(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void leaveIncomplete(byte[] bytes) throws IOException {
        Path blobs = cache.resolve("models--acme--tiny/blobs");
        Files.createDirectories(blobs);
        Files.write(blobs.resolve(FakeHub.sha256(content) + ".incomplete"), bytes);
    }

    private List<String> ranges() {
        return hub.gets("model.gguf").stream().map(FakeHub.Seen::range).toList();
    }
}
