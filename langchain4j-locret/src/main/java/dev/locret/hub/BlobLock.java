package dev.locret.hub;

import java.io.IOException;
import java.nio.channels.ClosedByInterruptException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLockInterruptionException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.locks.ReentrantLock;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Lets one thread of one JVM at a time work on a blob. The operating system frees the lock of a JVM that dies. */
final class BlobLock {
    private static final Logger LOG = LoggerFactory.getLogger(BlobLock.class);

    // A file lock is held by a JVM as a whole and refuses its second thread, hence a lock between threads before it.
    // One small entry stays for each blob this process ever pulled.
    private static final Map<Path, ReentrantLock> THREADS = new ConcurrentHashMap<>();

    /** Work under the lock. */
    @FunctionalInterface
    interface Action {
        void run() throws IOException;
    }

    private BlobLock() {}

    /** Runs {@code action} while this thread alone holds {@code lockFile}; waits for others as long as they take. */
    static void hold(Path lockFile, Action action) throws IOException {
        ReentrantLock threads =
                THREADS.computeIfAbsent(lockFile.toAbsolutePath().normalize(), path -> new ReentrantLock());
        try {
            threads.lockInterruptibly();
        } catch (InterruptedException e) {
            throw Retry.cancelled("waiting for " + lockFile, e);
        }
        try {
            Files.createDirectories(lockFile.getParent());
            try (FileChannel channel =
                    FileChannel.open(lockFile, StandardOpenOption.CREATE, StandardOpenOption.WRITE)) {
                lock(channel, lockFile);
                action.run();
            }
        } finally {
            threads.unlock();
        }
    }

    /** The lock ends with its channel; the file stays, as deleting it would let two JVMs hold two files. */
    private static void lock(FileChannel channel, Path lockFile) throws IOException {
        try {
            if (channel.tryLock() == null) {
                LOG.info("hub: another process downloads this file; waiting for {}", lockFile);
                channel.lock();
            }
        } catch (FileLockInterruptionException | ClosedByInterruptException e) {
            throw Retry.cancelled("waiting for " + lockFile, e);
        }
    }
}
