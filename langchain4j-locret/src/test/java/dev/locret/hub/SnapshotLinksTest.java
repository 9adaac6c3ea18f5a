package dev.locret.hub;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** File systems that cannot do symbolic links, or no links at all. */
class SnapshotLinksTest {
    private static final SnapshotLinks.Way DENIED = (link, blob) -> {
        throw new AccessDeniedException(link.toString());
    };
    private static final SnapshotLinks.Way UNSUPPORTED = (link, blob) -> {
        throw new UnsupportedOperationException();
    };

    @TempDir
    Path cache;

    FakeHub hub;
    byte[] content;

    @BeforeEach
    void start() throws IOException {
        hub = new FakeHub();
        content = hub.putLarge("model.gguf", 1000);
    }

    @AfterEach
    void stop() {
        hub.close();
    }

    @Test
    void takesAHardLinkWhereSymbolicOnesAreDenied() throws IOException {
        Path file = pull(new SnapshotLinks(List.of(DENIED, Files::createLink)));
        assertThat(file).isRegularFile().hasBinaryContent(content);
        assertThat(Files.isSymbolicLink(file)).isFalse();
        assertThat(HubAsserts.filesUnder(cache, "blobs")).containsExactly(FakeHub.sha256(content));
    }

    @Test
    void movesTheBlobWhereNoLinkIsPossibleAndStillKnowsIt() throws IOException {
        SnapshotLinks none = new SnapshotLinks(List.of(DENIED, UNSUPPORTED, SnapshotLinks::move));
        assertThat(pull(none)).isRegularFile().hasBinaryContent(content);
        assertThat(pull(none)).hasBinaryContent(content);
        assertThat(HubAsserts.filesUnder(cache, "blobs")).isEmpty();
        assertThat(hub.gets("model.gguf")).hasSize(1);
    }

    @Test
    void replacesADanglingLink() throws IOException {
        Path link = cache.resolve("models--acme--tiny/snapshots/" + FakeHub.COMMIT + "/model.gguf");
        Files.createDirectories(link.getParent());
        Files.createSymbolicLink(link, Path.of("gone"));
        assertThat(pull(SnapshotLinks.ofThisSystem())).isEqualTo(link).hasBinaryContent(content);
    }

    @Test
    void saysWhyNothingWorked() {
        assertThatThrownBy(() -> pull(new SnapshotLinks(List.of(DENIED, UNSUPPORTED))))
                .hasMessageStartingWith("hub: cannot write (java.io.IOException: cannot link to ")
                .hasMessageContaining("AccessDeniedException");
    }

    private Path pull(SnapshotLinks links) {
        return new ModelHub(hub.config(cache), hub.host(path -> Long.MAX_VALUE, links))
                .resolve(ModelSource.parse("hf:acme/tiny/model.gguf"), DownloadProgress.NONE);
    }
}
