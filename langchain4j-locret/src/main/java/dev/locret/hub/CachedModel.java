package dev.locret.hub;

import dev.locret.common.ErrorId;
import dev.locret.common.LocretException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

/** Finds a model in the cache without asking anybody. */
final class CachedModel {
    private final RepositoryCache cache;
    private final ModelSource.Hub source;

    CachedModel(RepositoryCache cache, ModelSource.Hub source) {
        this.cache = cache;
        this.source = source;
    }

    /** @throws LocretException {@link ErrorId#DOWNLOAD} if the cache does not hold all of it, with what is missing */
    Path find() {
        String commit =
                cache.commit(source.revision()).orElseThrow(() -> missing("no revision '" + source.revision() + "'"));
        if (source.file().isPresent()) {
            require(commit, ShardIndex.ggufParts(source.file().get()));
            return cache.file(commit, source.file().get());
        }
        Path snapshot = cache.snapshot(commit);
        if (Files.isRegularFile(snapshot.resolve(ShardIndex.FILE_NAME))) {
            require(commit, ShardIndex.shards(snapshot.resolve(ShardIndex.FILE_NAME)));
        } else if (!hasWeights(snapshot)) {
            throw missing("no safetensors file of commit " + commit);
        }
        return snapshot;
    }

    private void require(String commit, List<String> paths) {
        List<String> absent = paths.stream()
                .filter(path -> !Files.isRegularFile(cache.file(commit, path)))
                .toList();
        if (!absent.isEmpty()) {
            throw missing("no " + ModelFiles.names(absent) + " of commit " + commit);
        }
    }

    private static boolean hasWeights(Path snapshot) {
        if (!Files.isDirectory(snapshot)) {
            return false;
        }
        try (Stream<Path> files = Files.list(snapshot)) {
            return files.anyMatch(file -> file.toString().endsWith(".safetensors") && Files.isRegularFile(file));
        } catch (IOException e) {
            throw new LocretException(ErrorId.FILE_NOT_READABLE, "hub: cannot read (" + e + "): " + snapshot, e);
        }
    }

    private LocretException missing(String what) {
        return new LocretException(
                ErrorId.DOWNLOAD,
                "hub: offline (HF_HUB_OFFLINE) and the cache has " + what + ": " + source + ": " + cache.root());
    }
}
