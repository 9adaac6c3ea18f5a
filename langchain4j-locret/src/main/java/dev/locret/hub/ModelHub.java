package dev.locret.hub;

import dev.locret.common.Checks;
import dev.locret.common.ErrorId;
import dev.locret.common.LocretException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.List;

/**
 * Brings a model to this machine. Files land in the cache of Hugging Face's own libraries, which share it: downloads
 * go on where they stopped, a file appears only when its length and hash are right, and of several processes that
 * want the same file one downloads it. Safe for use by several threads.
 */
public final class ModelHub {
    private final HubConfig config;
    private final HubHost host;
    private final HubTransport transport;
    private final HubApi api;

    /** A hub as {@code config} says; nothing is asked yet. */
    public ModelHub(HubConfig config) {
        this(config, HubHost.real());
    }

    ModelHub(HubConfig config, HubHost host) {
        this.config = config;
        this.host = host;
        this.transport = HubTransport.of(config, host);
        this.api = new HubApi(config, transport.client(), transport.status(), transport.retry());
    }

    /**
     * The file or directory of {@code source}, downloaded if it is not here yet. For a repository without file that
     * is a directory with its configuration, tokenizer, template and safetensors files; for one part of a split GGUF
     * it is that part, beside the others.
     *
     * @throws LocretException {@link ErrorId#FILE_NOT_READABLE} for a local path that is not there, {@link
     *     ErrorId#INVALID_ARGUMENT} for a repository that leaves a choice of files, {@link ErrorId#CANCELLED} if the
     *     thread is interrupted, {@link ErrorId#DOWNLOAD} for all else: bytes fetched so far stay and the next call
     *     goes on from them
     */
    public Path resolve(ModelSource source, DownloadProgress progress) {
        Checks.notNull("source", source);
        Checks.notNull("progress", progress);
        if (source instanceof ModelSource.Local local) {
            return existing(local.path());
        }
        ModelSource.Hub hub = (ModelSource.Hub) source;
        RepositoryCache cache = new RepositoryCache(config.cacheDirectory(), hub);
        if (config.offline()) {
            return new CachedModel(cache, hub).find();
        }
        try {
            return pull(hub, cache, progress);
        } catch (IOException e) {
            throw host.disk().writeFailure(cache.root(), 0, e);
        }
    }

    private static Path existing(Path path) {
        Checks.check(Files.exists(path), ErrorId.FILE_NOT_READABLE, () -> {
            boolean likeRepository = !path.isAbsolute() && path.getNameCount() == 2;
            return "source: no such file or directory" + (likeRepository ? " (a repository is hf:" + path + ")" : "")
                    + ": " + path;
        });
        return path;
    }

    private Path pull(ModelSource.Hub source, RepositoryCache cache, DownloadProgress progress) throws IOException {
        HubApi.Listing listing = api.list(source);
        String commit = listing.commit();
        ModelFiles files = new ModelFiles(source, listing.files());
        Path found;
        if (source.file().isPresent()) {
            fetch(source, cache, commit, files.named(source.file().get()), progress);
            found = cache.file(commit, source.file().get());
        } else {
            fetchModel(source, cache, commit, files, progress);
            found = cache.snapshot(commit);
        }
        // Only now: until all is here, the revision keeps its old meaning for those who are offline.
        cache.putCommit(source.revision(), commit);
        return found;
    }

    /** Weights come last, so that a directory with weights has all the rest. */
    private void fetchModel(
            ModelSource.Hub source, RepositoryCache cache, String commit, ModelFiles files, DownloadProgress progress)
            throws IOException {
        List<String> wanted = new ArrayList<>(files.settings());
        if (files.hasIndex()) {
            wanted.add(ShardIndex.FILE_NAME);
            fetch(source, cache, commit, wanted, progress);
            // Only what the index names: some repositories hold the same weights once more under other names.
            List<String> shards = ShardIndex.shards(cache.file(commit, ShardIndex.FILE_NAME));
            fetch(source, cache, commit, files.require(shards), progress);
        } else {
            wanted.addAll(files.weights());
            fetch(source, cache, commit, wanted, progress);
        }
    }

    private void fetch(
            ModelSource.Hub source, RepositoryCache cache, String commit, List<String> paths, DownloadProgress progress)
            throws IOException {
        List<RemoteFile> missing = new ArrayList<>();
        long neededBytes = 0;
        for (String path : paths) {
            RemoteFile file = api.describe(source, commit, path);
            if (!cache.holds(commit, file)) {
                missing.add(file);
                neededBytes = saturatedAdd(neededBytes, file.bytes() - cache.bytesOf(file));
            }
        }
        Files.createDirectories(cache.root().resolve("blobs"));
        host.disk().require(cache.root(), neededBytes);
        for (RemoteFile file : missing) {
            BlobLock.hold(cache.lock(file.hash()), () -> bring(source, cache, commit, file, progress));
        }
    }

    private void bring(
            ModelSource.Hub source, RepositoryCache cache, String commit, RemoteFile file, DownloadProgress progress)
            throws IOException {
        if (cache.holds(commit, file)) {
            return;
        }
        Path blob = cache.blob(file.hash());
        // Another length is damage from outside; the name is its hash, so it must be replaced.
        if (!Files.isRegularFile(blob) || Files.size(blob) != file.bytes()) {
            Path incomplete = cache.incomplete(file.hash());
            new BlobDownload(transport, source, api.fileUri(source, commit, file.path()), file, incomplete, progress)
                    .run();
            Files.move(incomplete, blob, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
        }
        host.links().publish(cache.file(commit, file.path()), blob);
    }

    /** Lengths are a server's word; a sum beyond 63 bits is more than any disk has. */
    private static long saturatedAdd(long a, long b) {
        return a > Long.MAX_VALUE - b ? Long.MAX_VALUE : a + b;
    }
}
