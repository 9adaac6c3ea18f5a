package dev.locret.format;

import dev.locret.tensor.HostTensor;
import java.nio.file.Path;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * A GGUF model of version 2 or 3, little-endian, of one file or split into several. Tensors are views of the mapped
 * files.
 */
public final class GgufFile {
    private static final String FORMAT = GgufReader.FORMAT;

    private final Path path;
    private final int version;
    private final Map<String, Object> metadata;
    private final Map<String, HostTensor> tensors;

    private GgufFile(Path path, int version, Map<String, Object> metadata, Map<String, HostTensor> tensors) {
        this.path = path;
        this.version = version;
        this.metadata = Collections.unmodifiableMap(metadata);
        this.tensors = Collections.unmodifiableMap(tensors);
    }

    /**
     * Opens a file, and all others of its split.
     *
     * @throws dev.locret.common.LocretException {@code file-not-readable} if it or a shard is absent,
     *     {@code file-damaged} if it ends early or contradicts itself, {@code file-unsupported} for another version,
     *     byte order or element type
     */
    public static GgufFile open(Path path) {
        return of(MappedFile.open(path));
    }

    static GgufFile of(MappedFile file) {
        GgufReader.Shard opened = GgufReader.read(file);
        long count = splitNumber(opened, "split.count", 1);
        if (count <= 1) {
            return new GgufFile(file.path(), opened.version(), opened.metadata(), opened.tensors());
        }
        List<Path> files = GgufSplit.files(file.path(), count);
        GgufReader.Shard first = null;
        Map<String, HostTensor> tensors = new LinkedHashMap<>();
        for (int i = 0; i < files.size(); i++) {
            GgufReader.Shard shard = GgufReader.read(MappedFile.open(files.get(i)));
            checkShard(shard, i, count);
            for (HostTensor tensor : shard.tensors().values()) {
                if (tensors.put(tensor.name(), tensor) != null) {
                    throw FormatErrors.damaged(
                            FORMAT, "tensor '" + tensor.name() + "' is in two files of the split", shard.path());
                }
            }
            first = first == null ? shard : first;
        }
        long declared = splitNumber(first, "split.tensors.count", tensors.size());
        if (declared != tensors.size()) {
            throw FormatErrors.damaged(
                    FORMAT, "split.tensors.count is " + declared + ", the files hold " + tensors.size(), first.path());
        }
        return new GgufFile(first.path(), first.version(), first.metadata(), tensors);
    }

    private static void checkShard(GgufReader.Shard shard, int index, long count) {
        long number = splitNumber(shard, "split.no", -1);
        long itsCount = splitNumber(shard, "split.count", -1);
        if (number != index || itsCount != count) {
            throw FormatErrors.damaged(
                    FORMAT,
                    "file says split.no=" + number + " and split.count=" + itsCount + ", its name says " + index
                            + " and " + count,
                    shard.path());
        }
    }

    private static long splitNumber(GgufReader.Shard shard, String key, long absent) {
        Object value = shard.metadata().getOrDefault(key, absent);
        if (value instanceof Long number) {
            return number;
        }
        throw FormatErrors.damaged(FORMAT, key + " is not an integer", shard.path());
    }

    /** The file, of a split its first. */
    public Path path() {
        return path;
    }

    /** Version of the format. */
    public int version() {
        return version;
    }

    /**
     * Metadata in the file's order: integers as {@link Long}, floats as {@link Double}, then {@link Boolean},
     * {@link String} and {@link List}.
     */
    public Map<String, Object> metadata() {
        return metadata;
    }

    /** Tensors by their GGUF names, shapes slowest axis first, in the file's order. */
    public Map<String, HostTensor> tensors() {
        return tensors;
    }

    /** A metadata value if it is there and of {@code type}. */
    public <T> Optional<T> find(String key, Class<T> type) {
        Object value = metadata.get(key);
        return type.isInstance(value) ? Optional.of(type.cast(value)) : Optional.empty();
    }
}
