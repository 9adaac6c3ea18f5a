package dev.locret.hub;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import dev.locret.common.ErrorId;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DiskFullTest {
    private static final String SOURCE = "hf:acme/tiny/model.gguf";

    @TempDir
    Path cache;

    FakeHub hub;
    byte[] content;
    Path root;

    @BeforeEach
    void start() throws IOException {
        hub = new FakeHub();
        content = hub.putLarge("model.gguf", 100_000);
        root = cache.resolve("models--acme--tiny");
    }

    @AfterEach
    void stop() {
        hub.close();
    }

    @Test
    void refusesBeforeTheFirstByte() {
        HubAsserts.assertFails(
                () -> pull(99_999), ErrorId.DOWNLOAD, "hub: disk full: needed=100000 bytes, free=99999 bytes: " + root);
        assertThat(hub.gets("model.gguf")).isEmpty();
        assertThat(pull(100_000)).hasBinaryContent(content);
        // All is there: no room is needed.
        assertThat(pull(0)).hasBinaryContent(content);
    }

    @Test
    void needsNoRoomForWhatIsThere() throws IOException {
        Files.createDirectories(root.resolve("blobs"));
        Files.write(incomplete(), Arrays.copyOf(content, 60_000));
        HubAsserts.assertFails(
                () -> pull(39_999), ErrorId.DOWNLOAD, "hub: disk full: needed=40000 bytes, free=39999 bytes: " + root);
        assertThat(pull(40_000)).hasBinaryContent(content);
    }

    @Test
    void doesNotBelieveAnyLength() {
        hub.putLarge("b-00001-of-00002.gguf", 10);
        hub.putLarge("b-00002-of-00002.gguf", 10);
        hub.linkedSizes.put("b-00001-of-00002.gguf", "999999999999999999");
        hub.linkedSizes.put("b-00002-of-00002.gguf", "1");
        ModelHub real = new ModelHub(hub.config(cache));
        assertThat(catchThrowable(() ->
                        real.resolve(ModelSource.parse("hf:acme/tiny/b-00001-of-00002.gguf"), DownloadProgress.NONE)))
                .hasMessageStartingWith("hub: disk full: needed=1000000000000000000 bytes, free=")
                .hasMessageEndingWith(" bytes: " + root);
    }

    /** {@code /dev/full} is Linux's disk without room: every write fails as on a real one. */
    @Test
    void mapsTheErrorOfARealWrite() throws IOException {
        Files.createDirectories(root.resolve("blobs"));
        Files.createSymbolicLink(incomplete(), Path.of("/dev/full"));
        HubAsserts.assertFails(
                () -> pull(1 << 20),
                ErrorId.DOWNLOAD,
                "hub: disk full: needed=100000 bytes, free=1048576 bytes: " + incomplete());
        assertThat(HubAsserts.filesUnder(cache, "snapshots")).isEmpty();
        Files.delete(incomplete());
        assertThat(pull(1 << 20)).hasBinaryContent(content);
    }

    @Test
    void tellsAFullDiskFromOtherFailures() {
        DiskSpace disk = path -> 500;
        Path file = Path.of("blobs", "x");
        assertThat(disk.writeFailure(file, 400, new IOException("There is not enough space on the disk")))
                .hasMessage("hub: disk full: needed=400 bytes, free=500 bytes: " + file);
        assertThat(disk.writeFailure(file, 501, new IOException("Disk quota exceeded")))
                .hasMessage("hub: disk full: needed=501 bytes, free=500 bytes: " + file);
        assertThat(disk.writeFailure(file, 500, new IOException("Input/output error")))
                .hasMessage("hub: cannot write (java.io.IOException: Input/output error): " + file);
        DiskSpace unknown = path -> {
            throw new IOException("gone");
        };
        assertThat(unknown.writeFailure(file, 400, new IOException("No space left on device")))
                .hasMessage("hub: disk full: needed=400 bytes, free=unknown: " + file);
    }

    @Test
    void namesACacheThatCannotBeWritten() throws IOException {
        Files.writeString(root, "in the way");
        HubAsserts.assertFails(
                () -> pull(1 << 20),
                ErrorId.DOWNLOAD,
                "hub: cannot write (java.nio.file.FileSystemException: " + root.resolve("blobs")
                        + ": Not a directory): " + root);
    }

    private Path pull(long freeBytes) {
        HubHost host = hub.host(path -> freeBytes, SnapshotLinks.ofThisSystem());
        return new ModelHub(hub.config(cache), host).resolve(ModelSource.parse(SOURCE), DownloadProgress.NONE);
    }

    private Path incomplete() {
        return root.resolve("blobs").resolve(FakeHub.sha256(content) + ".incomplete");
    }
}
