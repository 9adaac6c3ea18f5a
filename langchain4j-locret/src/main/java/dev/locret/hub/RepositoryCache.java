package dev.locret.hub;

import dev.locret.common.ErrorId;
import dev.locret.common.LocretException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Optional;

/**
 * One repository in the cache, laid out as Hugging Face's own: {@code models--owner--name/} with {@code
 * refs/<revision>} (a commit id), {@code blobs/<hash>} (content) and {@code snapshots/<commit>/<file>} (links to
 * blobs); locks lie in {@code .locks/models--owner--name/}.
 */
final class RepositoryCache {
    private static final int COMMIT_FILE_BYTES = 256;

    private final Path root;
    private final Path locks;

    RepositoryCache(Path cacheDirectory, ModelSource.Hub source) {
        String folder = "models--" + source.owner() + "--" + source.name();
        Path cache = cacheDirectory.toAbsolutePath().normalize();
        this.root = cache.resolve(folder);
        this.locks = cache.resolve(".locks").resolve(folder);
    }

    Path root() {
        return root;
    }

    Path blob(BlobHash hash) {
        return root.resolve("blobs").resolve(hash.hex());
    }

    /** Bytes so far of a download; named by the hash, so a new version of a file never continues an old one. */
    Path incomplete(BlobHash hash) {
        return root.resolve("blobs").resolve(hash.hex() + ".incomplete");
    }

    Path lock(BlobHash hash) {
        return locks.resolve(hash.hex() + ".lock");
    }

    Path snapshot(String commit) {
        return root.resolve("snapshots").resolve(commit);
    }

    /** @param path checked before by {@link HubNames#isFilePath} */
    Path file(String commit, String path) {
        return snapshot(commit).resolve(path);
    }

    /** Whether the cache holds {@code file} of {@code commit} in full; links appear only for complete blobs. */
    boolean holds(String commit, RemoteFile file) throws IOException {
        Path link = file(commit, file.path());
        return Files.isRegularFile(link) && Files.size(link) == file.bytes();
    }

    /** Bytes of {@code file} that need not be fetched. */
    long bytesOf(RemoteFile file) throws IOException {
        Path blob = blob(file.hash());
        if (Files.isRegularFile(blob) && Files.size(blob) == file.bytes()) {
            return file.bytes();
        }
        Path incomplete = incomplete(file.hash());
        return Files.isRegularFile(incomplete) ? Math.min(Files.size(incomplete), file.bytes()) : 0;
    }

    /** The commit that {@code revision} stood for when it was last pulled in full; a commit stands for itself. */
    Optional<String> commit(String revision) {
        if (HubNames.isCommit(revision)) {
            return Optional.of(revision);
        }
        Path ref = root.resolve("refs").resolve(revision);
        try {
            if (!Files.isRegularFile(ref) || Files.size(ref) > COMMIT_FILE_BYTES) {
                return Optional.empty();
            }
            return Optional.of(Files.readString(ref).strip()).filter(HubNames::isCommit);
        } catch (IOException e) {
            throw new LocretException(ErrorId.FILE_NOT_READABLE, "hub: cannot read (" + e + "): " + ref, e);
        }
    }

    /** Notes what {@code revision} stands for; written beside and renamed. */
    void putCommit(String revision, String commit) throws IOException {
        if (HubNames.isCommit(revision) || commit(revision).equals(Optional.of(commit))) {
            return;
        }
        Path ref = root.resolve("refs").resolve(revision);
        Files.createDirectories(ref.getParent());
        Path beside = Files.createTempFile(root, "ref-", ".tmp");
        try {
            Files.writeString(beside, commit);
            Files.move(beside, ref, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
        } finally {
            Files.deleteIfExists(beside);
        }
    }
}
