package dev.locret.engine;

import dev.locret.backend.KvSlice;
import dev.locret.common.ErrorId;
import dev.locret.common.LocretException;
import java.io.IOException;
import java.nio.channels.ClosedByInterruptException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLockInterruptionException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileTime;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.UUID;
import java.util.function.BooleanSupplier;
import java.util.stream.Stream;
import java.util.zip.CRC32C;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Contexts in a directory, one file each, which several processes may share. A file is written under another name,
 * forced to disk, then renamed: whatever happens, the old or the new one is there.
 */
final class ContextFiles {
    private static final Logger LOG = LoggerFactory.getLogger(ContextFiles.class);
    private static final String SUFFIX = ".context";

    /** A state of a file: it changes when the file is replaced. */
    record Stamp(Object key, long size, FileTime written) {}

    /** A context and the state of the file that it was read from. */
    record Loaded(ReadContext context, Stamp stamp) {}

    private final Path directory;
    private final long maxBytes;
    private final SnapshotBinding binding;

    /**
     * Opens a directory and removes what writers left that died.
     *
     * @param maxBytes bytes of all contexts, 0 for no limit
     */
    ContextFiles(Path directory, long maxBytes, SnapshotBinding binding) {
        this.directory = directory;
        this.maxBytes = maxBytes;
        this.binding = binding;
        try {
            Files.createDirectories(directory);
            DirectoryLock.hold(directory, () -> {
                PartFile.removeAbandoned(directory);
                return null;
            });
        } catch (IOException e) {
            throw new LocretException(
                    ErrorId.FILE_NOT_READABLE, "contexts: directory cannot be used: " + e + ": " + directory, e);
        }
    }

    /** The file of a context: readable, and unlike that of any other name or model. */
    Path file(String name) {
        String readable = name.replaceAll("[^A-Za-z0-9._-]", "_");
        CRC32C sum = new CRC32C();
        sum.update((binding.model() + name).getBytes(StandardCharsets.UTF_8));
        String cut = readable.substring(0, Math.min(80, readable.length()));
        return directory.resolve(cut + "-" + String.format("%08x", sum.getValue()) + SUFFIX);
    }

    /** Fails with {@code contexts-full} if a file of so many bytes is more than all may take. */
    void requireRoom(long bytes) {
        if (maxBytes > 0 && bytes > maxBytes) {
            throw new LocretException(
                    ErrorId.CONTEXTS_FULL,
                    "contexts: file is larger than all may be: needed=" + bytes + " bytes, contexts-directory-bytes="
                            + maxBytes);
        }
    }

    /**
     * Writes a context in the place of an older one of its name; those written first make room.
     *
     * @param wanted asked before the new one takes its place: false leaves all as it was
     * @return the state of the file, or null if it was not wanted
     */
    Stamp write(ReadContext context, BooleanSupplier wanted) throws IOException {
        Path file = file(context.name());
        requireRoom(SnapshotHeader.of(context, binding).fileBytes());
        Path part = directory.resolve(file.getFileName() + "." + UUID.randomUUID() + PartFile.SUFFIX);
        try (PartFile open = DirectoryLock.hold(directory, () -> PartFile.create(part))) {
            SnapshotWriter.write(context, binding, open.channel());
            open.channel().force(true);
            return DirectoryLock.hold(directory, () -> {
                if (!wanted.getAsBoolean()) {
                    return null;
                }
                Files.move(part, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
                force(directory);
                removeOldest(file);
                return stamp(file);
            });
        }
    }

    /** So that the new name survives a loss of power; there are systems that cannot open directories. */
    private static void force(Path directory) {
        try (FileChannel channel = FileChannel.open(directory, StandardOpenOption.READ)) {
            channel.force(true);
        } catch (IOException e) {
            LOG.debug("Directory is not forced to disk: {}", directory, e);
        }
    }

    private void removeOldest(Path kept) throws IOException {
        if (maxBytes == 0) {
            return;
        }
        List<Path> files = new ArrayList<>(files());
        files.sort(Comparator.comparing(file -> file.toFile().lastModified()));
        long bytes = 0;
        for (Path file : files) {
            bytes += Files.size(file);
        }
        for (Path file : files) {
            if (bytes > maxBytes && !file.equals(kept)) {
                bytes -= Files.size(file);
                Files.delete(file);
                LOG.info("Removed the oldest context to make room: {}", file);
            }
        }
    }

    int count() {
        try {
            return files().size();
        } catch (IOException e) {
            throw notReadable(directory, e);
        }
    }

    private List<Path> files() throws IOException {
        try (Stream<Path> all = Files.list(directory)) {
            return all.filter(file -> file.getFileName().toString().endsWith(SUFFIX))
                    .sorted()
                    .toList();
        }
    }

    /** The state of a context's file, null if there is none. */
    Stamp stamp(String name) {
        try {
            return stamp(file(name));
        } catch (NoSuchFileException e) {
            return null;
        } catch (IOException e) {
            throw notReadable(file(name), e);
        }
    }

    private static Stamp stamp(Path file) throws IOException {
        BasicFileAttributes attributes = Files.readAttributes(file, BasicFileAttributes.class);
        return new Stamp(attributes.fileKey(), attributes.size(), attributes.lastModifiedTime());
    }

    /**
     * Reads a context.
     *
     * @param slices a cache that it must fit, layer by layer
     * @return null if there is no file
     * @throws LocretException {@code file-damaged}, {@code file-unsupported} or {@code context-mismatch}
     */
    Loaded load(String name, List<KvSlice> slices, int vocabulary) {
        Path file = file(name);
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ)) {
            // A file that is replaced meanwhile has another stamp than this: then it is read again next time.
            Stamp stamp = stamp(file);
            ReadContext context = SnapshotReader.read(channel, file, binding, slices, vocabulary);
            requireName(context.name(), name, file);
            return new Loaded(context, stamp);
        } catch (NoSuchFileException e) {
            return null;
        } catch (IOException e) {
            throw notReadable(file, e);
        }
    }

    private static void requireName(String found, String expected, Path file) {
        if (!found.equals(expected)) {
            throw new LocretException(
                    ErrorId.CONTEXT_MISMATCH,
                    "contexts: file does not belong to this engine: name=" + found + ", expected=" + expected + ": "
                            + file);
        }
    }

    /** The contexts that belong here; others are told in the log. */
    List<ContextInfo> list() {
        List<ContextInfo> contexts = new ArrayList<>();
        try {
            for (Path file : files()) {
                try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ)) {
                    SnapshotHeader header = SnapshotReader.readHeader(channel, file);
                    binding.require(header.binding(), file);
                    contexts.add(header.info());
                } catch (NoSuchFileException e) {
                    LOG.debug("Removed while it was listed: {}", file);
                } catch (LocretException e) {
                    LOG.warn("Not listed: {}", e.getMessage());
                }
            }
        } catch (IOException e) {
            throw notReadable(directory, e);
        }
        return contexts;
    }

    /** Deletes a context's file; returns whether there was one. */
    boolean remove(String name) {
        try {
            return DirectoryLock.hold(directory, () -> Files.deleteIfExists(file(name)));
        } catch (IOException e) {
            throw notReadable(file(name), e);
        }
    }

    private static LocretException notReadable(Path path, IOException e) {
        if (e instanceof ClosedByInterruptException || e instanceof FileLockInterruptionException) {
            return new LocretException(ErrorId.CANCELLED, "contexts: the thread was interrupted: " + path, e);
        }
        return new LocretException(ErrorId.FILE_NOT_READABLE, "contexts: " + e + ": " + path, e);
    }
}
