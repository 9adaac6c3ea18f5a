package dev.locret.engine;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Stream;

/**
 * A file that is being written, locked until that is done: whoever can lock one knows that its writer is dead. Created
 * and looked for under the {@link DirectoryLock}, so that none is seen before it is locked.
 */
final class PartFile implements AutoCloseable {
    static final String SUFFIX = ".part";

    // Opening and closing a file ends the locks that this process has on it: our own are not even tried.
    private static final Set<Path> OPEN = ConcurrentHashMap.newKeySet();

    private final Path path;
    private final FileChannel channel;

    private PartFile(Path path, FileChannel channel) {
        this.path = path;
        this.channel = channel;
    }

    static PartFile create(Path file) throws IOException {
        Path path = absolute(file);
        OPEN.add(path);
        PartFile part = null;
        try {
            FileChannel channel = FileChannel.open(path, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE);
            part = new PartFile(path, channel);
            channel.lock();
            return part;
        } catch (IOException e) {
            if (part != null) {
                part.close();
            }
            OPEN.remove(path);
            throw e;
        }
    }

    private static Path absolute(Path file) throws IOException {
        return file.getParent().toRealPath().resolve(file.getFileName());
    }

    FileChannel channel() {
        return channel;
    }

    /** Removes the file, unless it was given another name. */
    @Override
    public void close() throws IOException {
        try {
            channel.close();
            Files.deleteIfExists(path);
        } finally {
            OPEN.remove(path);
        }
    }

    /** Deletes those in a directory whose writer is dead. */
    static void removeAbandoned(Path directory) throws IOException {
        try (Stream<Path> files = Files.list(directory)) {
            for (Path file : files.filter(f -> f.getFileName().toString().endsWith(SUFFIX))
                    .toList()) {
                if (!OPEN.contains(absolute(file)) && isAbandoned(file)) {
                    Files.deleteIfExists(file);
                }
            }
        }
    }

    private static boolean isAbandoned(Path file) throws IOException {
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.WRITE);
                FileLock lock = channel.tryLock()) {
            return lock != null;
        } catch (OverlappingFileLockException | NoSuchFileException e) {
            return false;
        }
    }
}
