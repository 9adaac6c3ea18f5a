package dev.locret.engine;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.locks.ReentrantLock;

/**
 * Lets one thread of one process at a time change what lies in a directory; held for moments, never while contents are
 * written. The operating system frees the lock of a process that dies.
 */
final class DirectoryLock {
    // A file lock is held by a JVM as a whole and refuses its second thread, hence a lock between threads before it.
    private static final Map<Path, ReentrantLock> THREADS = new ConcurrentHashMap<>();

    /** Work under the lock. */
    @FunctionalInterface
    interface Action<T> {
        T run() throws IOException;
    }

    private DirectoryLock() {}

    static <T> T hold(Path directory, Action<T> action) throws IOException {
        ReentrantLock threads = THREADS.computeIfAbsent(directory.toRealPath(), path -> new ReentrantLock());
        threads.lock();
        try (FileChannel channel =
                FileChannel.open(directory.resolve(".lock"), StandardOpenOption.CREATE, StandardOpenOption.WRITE)) {
            // Ends with the channel; the file stays, as deleting it would let two processes hold two files.
            channel.lock();
            return action.run();
        } finally {
            threads.unlock();
        }
    }
}
