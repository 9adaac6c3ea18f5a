package dev.locret.format;

import dev.locret.common.ErrorId;
import dev.locret.common.LocretException;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;

/** Writes a file beside its place and renames it: under its name it is always whole. */
public final class FileReplacement {
    /** What is written. */
    @FunctionalInterface
    public interface Content {
        void write(FileChannel channel) throws IOException;
    }

    private FileReplacement() {}

    /**
     * @param who begins the message of a failure
     * @throws LocretException ({@code file-not-writable}) if the disk is full, say; a file that was there stays as it was
     */
    public static void write(String who, Path file, Content content) {
        Path part = file.resolveSibling(file.getFileName() + ".part");
        try {
            try (FileChannel channel = FileChannel.open(
                    part, StandardOpenOption.CREATE, StandardOpenOption.TRUNCATE_EXISTING, StandardOpenOption.WRITE)) {
                content.write(channel);
                channel.force(true);
            }
            Files.move(part, file, StandardCopyOption.REPLACE_EXISTING, StandardCopyOption.ATOMIC_MOVE);
        } catch (IOException e) {
            try {
                Files.deleteIfExists(part);
            } catch (IOException deletion) {
                e.addSuppressed(deletion);
            }
            throw new LocretException(ErrorId.FILE_NOT_WRITABLE, who + ": not written (" + e + "): " + file, e);
        }
    }
}
