package dev.locret.hub;

import static org.assertj.core.api.Assertions.assertThat;

import dev.locret.common.ErrorId;
import java.io.IOException;
import java.net.ServerSocket;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Answers other than 200: which are final, which are tried again, and how long the wait is. */
class AnswersTest {
    private static final String SOURCE = "hf:acme/tiny/model.gguf";

    @TempDir
    Path cache;

    FakeHub hub;

    @BeforeEach
    void start() throws IOException {
        hub = new FakeHub();
        hub.putLarge("model.gguf", 1000);
    }

    @AfterEach
    void stop() {
        hub.close();
    }

    @Test
    void explainsARefusalWithoutToken() {
        hub.next("GET", "listing", FakeHub.status(401));
        refuses("hub: answered 401 (private or gated, or there is no such repository; set HF_TOKEN): " + SOURCE);
    }

    @Test
    void explainsARefusedToken() {
        hub.next("HEAD", "model.gguf", FakeHub.status(401));
        HubConfig config = hub.config(cache).withToken(Optional.of("hf_secret"));
        HubAsserts.assertFails(
                () -> hub.client(config).resolve(ModelSource.parse(SOURCE), DownloadProgress.NONE),
                ErrorId.DOWNLOAD,
                "hub: answered 401 (the token was refused, or there is no such repository): " + SOURCE);
    }

    @Test
    void explainsAGatedRepository() {
        hub.next("HEAD", "model.gguf", FakeHub.status(403));
        refuses("hub: answered 403 (access is not granted; accept the terms of " + hub.endpoint()
                + "/acme/tiny with the account of HF_TOKEN): " + SOURCE);
    }

    @Test
    void explainsAnAbsentRevisionAndFile() {
        hub.next("GET", "listing", FakeHub.status(404));
        refuses("hub: answered 404 (no such repository, revision or file): " + SOURCE);
        hub.next("GET", "model.gguf", FakeHub.status(404));
        refuses("hub: answered 404 (no such repository, revision or file): " + SOURCE);
        assertThat(hub.slept).isEmpty();
    }

    @Test
    void namesAnyOtherStatus() {
        hub.next("GET", "listing", FakeHub.status(418));
        refuses("hub: answered 418: " + SOURCE);
    }

    @Test
    void waitsAsLongAsTheServerAsks() {
        hub.next("GET", "listing", FakeHub.status(429, "Retry-After", "7"));
        hub.next("HEAD", "model.gguf", FakeHub.status(429, "Retry-After", "Wed, 25 Nov 2026 12:00:09 GMT"));
        hub.next("GET", "model.gguf", FakeHub.status(503, "Retry-After", "Wed, 25 Nov 2026 11:00:00 GMT"));
        assertThat(hub.pull(cache, SOURCE)).hasSize(1000);
        assertThat(hub.slept).containsExactly(Duration.ofSeconds(7), Duration.ofSeconds(9), Duration.ofSeconds(1));
    }

    @Test
    void waitsNoLongerThanItsLimit() {
        hub.next(
                "GET",
                "listing",
                FakeHub.status(429, "Retry-After", "999999999"),
                FakeHub.status(429, "Retry-After", "x"));
        assertThat(hub.pull(cache, SOURCE)).hasSize(1000);
        assertThat(hub.slept).containsExactly(Duration.ofSeconds(60), Duration.ofSeconds(2));
    }

    @Test
    void triesServerErrorsAgainAndGivesUp() {
        hub.next("GET", "model.gguf", FakeHub.status(500), FakeHub.status(502));
        assertThat(hub.pull(cache, SOURCE)).hasSize(1000);
        hub.always("GET", "listing", FakeHub.status(500));
        refuses("hub: gave up after 3 attempts: answered 500: " + SOURCE);
        hub.always("GET", "listing", FakeHub.status(429));
        refuses("hub: gave up after 3 attempts: answered 429: " + SOURCE);
    }

    @Test
    void saysThatNobodyListens() throws IOException {
        int port;
        try (ServerSocket socket = new ServerSocket(0)) {
            port = socket.getLocalPort();
        }
        HubConfig config =
                HubConfig.of(URI.create("http://127.0.0.1:" + port), cache).withRetries(1);
        HubAsserts.assertFails(
                () -> hub.client(config).resolve(ModelSource.parse(SOURCE), DownloadProgress.NONE),
                ErrorId.DOWNLOAD,
                "hub: gave up after 2 attempts: connection failed (ConnectException) to http://127.0.0.1:" + port
                        + "/api/models/acme/tiny/revision/main: " + SOURCE);
    }

    private void refuses(String message) {
        HubAsserts.assertFails(() -> hub.pull(cache, SOURCE), ErrorId.DOWNLOAD, message);
    }
}
