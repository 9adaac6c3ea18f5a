package dev.locret.hub;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import dev.locret.common.ErrorId;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Redirects, and who gets to see the token. */
class RedirectTest {
    private static final String SOURCE = "hf:acme/tiny/model.gguf";
    private static final String TOKEN = "Bearer hf_secret";

    @TempDir
    Path cache;

    FakeHub hub;
    FakeHub cdn;
    byte[] content;

    @BeforeEach
    void start() throws IOException {
        hub = new FakeHub();
        cdn = new FakeHub();
        content = hub.putLarge("model.gguf", 100_000);
        cdn.files.put("/cdn/model.gguf", content);
        cdn.etags.put("/cdn/model.gguf", "an-md5-of-the-cdn");
    }

    @AfterEach
    void stop() {
        hub.close();
        cdn.close();
    }

    @Test
    void keepsTheTokenFromTheHostOfTheCdn() {
        redirectTo("http://localhost:" + cdn.port() + "/cdn/model.gguf?signature=secret");
        cdn.next("GET", "/cdn/model.gguf", FakeHub.cutAfter(40_000));

        assertThat(pull()).hasBinaryContent(content);

        assertThat(hub.seen).isNotEmpty().allSatisfy(request -> assertThat(request.authorization())
                .isEqualTo(TOKEN));
        assertThat(cdn.seen)
                .extracting(FakeHub.Seen::method, FakeHub.Seen::range, FakeHub.Seen::authorization)
                .containsExactly(tuple("GET", null, null), tuple("GET", "bytes=40000-", null));
    }

    @Test
    void keepsTheTokenFromAnotherNameOfTheSamePort() {
        hub.listing = "{\"sha\":\"" + FakeHub.COMMIT + "\",\"siblings\":[" + FakeHub.sibling("model.gguf") + "]}";
        hub.files.put("/cdn/model.gguf", content);
        hub.etags.put("/cdn/model.gguf", "x");
        redirectTo("http://localhost:" + hub.port() + "/cdn/model.gguf");
        assertThat(pull()).hasBinaryContent(content);
        assertThat(authorizationsOf("/cdn/model.gguf")).containsExactly((String) null);
    }

    @Test
    void keepsTheTokenFromAnotherPortOfTheSameHost() {
        redirectTo(cdn.endpoint() + "/cdn/model.gguf");
        assertThat(pull()).hasBinaryContent(content);
        assertThat(cdn.seen).extracting(FakeHub.Seen::authorization).containsExactly((String) null);
    }

    @Test
    void followsARenamedRepositoryWithTheToken() {
        hub.next("GET", "listing", FakeHub.status(307, "Location", "/api/models/acme/renamed/revision/main"));
        assertThat(pull()).hasBinaryContent(content);
        assertThat(authorizationsOf("/api/models/acme/renamed/revision/main")).containsExactly(TOKEN);
    }

    @Test
    void refusesRedirectsToOtherSchemesAndLoops() {
        hub.next("GET", "listing", FakeHub.status(302, "Location", "file:///etc/passwd"));
        refuses("hub: redirect refused: from=" + listing() + ", to='file:/etc/passwd'");
        hub.next("GET", "listing", FakeHub.status(302));
        refuses("hub: redirect refused: from=" + listing() + ", to=''");
        hub.next("GET", "listing", FakeHub.status(302, "Location", "http://a b"));
        refuses("hub: redirect to no URL: " + listing());
        hub.always("GET", "listing", FakeHub.status(302, "Location", listing() + "?again=1"));
        refuses("hub: more than 10 redirects: " + listing());
    }

    @Test
    void neverFallsBackFromHttpsToHttp() {
        assertThat(HubClient.isAllowed("https", "http")).isFalse();
        assertThat(HubClient.isAllowed("http", "https")).isTrue();
        assertThat(HubClient.isAllowed("https", "https")).isTrue();
        assertThat(HubClient.isAllowed("http", "ftp")).isFalse();
    }

    /** As the hub does for a large file: hash and length are in the redirect. */
    private void redirectTo(String location) {
        FakeHub.Handler redirect = FakeHub.status(
                302,
                "Location",
                location,
                "X-Linked-Etag",
                '"' + FakeHub.sha256(content) + '"',
                "X-Linked-Size",
                "100000");
        hub.always("HEAD", "model.gguf", redirect);
        hub.always("GET", "model.gguf", redirect);
    }

    private Path pull() {
        HubConfig config = hub.config(cache).withToken(Optional.of("hf_secret"));
        return hub.client(config).resolve(ModelSource.parse(SOURCE), DownloadProgress.NONE);
    }

    private void refuses(String message) {
        HubAsserts.assertFails(this::pull, ErrorId.DOWNLOAD, message);
    }

    private String listing() {
        return hub.endpoint() + "/api/models/acme/tiny/revision/main";
    }

    private List<String> authorizationsOf(String path) {
        return hub.seen.stream()
                .filter(request -> request.path().equals(path))
                .map(FakeHub.Seen::authorization)
                .toList();
    }
}
