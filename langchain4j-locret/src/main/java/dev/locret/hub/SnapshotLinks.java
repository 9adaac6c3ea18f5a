package dev.locret.hub;

import java.io.IOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Makes a complete blob visible under a snapshot, each way in one atomic step. */
final class SnapshotLinks {
    private static final Logger LOG = LoggerFactory.getLogger(SnapshotLinks.class);

    /** One way to do it. */
    @FunctionalInterface
    interface Way {
        void link(Path link, Path blob) throws IOException;
    }

    private final List<Way> ways;

    SnapshotLinks(List<Way> ways) {
        this.ways = ways;
    }

    /**
     * Symbolic link as Hugging Face makes it; else a hard link (Windows without developer mode); else the blob itself
     * moves (FAT), and a second snapshot with the same content downloads it again.
     */
    static SnapshotLinks ofThisSystem() {
        return new SnapshotLinks(List.of(SnapshotLinks::symbolic, Files::createLink, SnapshotLinks::move));
    }

    static void symbolic(Path link, Path blob) throws IOException {
        // Relative, so that the cache can be moved as a whole.
        Files.createSymbolicLink(link, link.getParent().relativize(blob));
    }

    static void move(Path link, Path blob) throws IOException {
        Files.move(blob, link, StandardCopyOption.ATOMIC_MOVE);
    }

    /**
     * Replaces whatever is at {@code link}: a snapshot is named by its commit, so anything else there is damage. The
     * caller holds the lock of the blob.
     */
    void publish(Path link, Path blob) throws IOException {
        Files.createDirectories(link.getParent());
        Files.deleteIfExists(link);
        IOException failure = null;
        for (Way way : ways) {
            try {
                way.link(link, blob);
                return;
            } catch (FileAlreadyExistsException e) {
                throw e;
            } catch (IOException | UnsupportedOperationException e) {
                LOG.debug("hub: {} cannot be linked this way: {}", link, e.toString());
                failure = failure == null ? new IOException("cannot link to " + blob + " (" + e + ")", e) : failure;
            }
        }
        throw failure;
    }
}
