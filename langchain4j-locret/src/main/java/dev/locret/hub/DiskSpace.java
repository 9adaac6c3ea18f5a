package dev.locret.hub;

import dev.locret.common.ErrorId;
import dev.locret.common.LocretException;
import java.io.IOException;
import java.nio.channels.ClosedByInterruptException;
import java.nio.file.Path;
import java.util.Locale;

/** Free bytes of a disk, and the errors of a full one. */
@FunctionalInterface
interface DiskSpace {
    /** Bytes that may still be written under {@code existing}. */
    long usableBytes(Path existing) throws IOException;

    /** Fails unless {@code neededBytes} fit under {@code directory}. */
    default void require(Path directory, long neededBytes) throws IOException {
        long free = usableBytes(directory);
        if (neededBytes > free) {
            throw full(directory, neededBytes, free, null);
        }
    }

    /** The error for a failed write of a file that still lacks {@code neededBytes}. */
    default LocretException writeFailure(Path file, long neededBytes, IOException e) {
        if (e instanceof ClosedByInterruptException) {
            return Retry.cancelled(file.toString(), e);
        }
        long free = -1;
        try {
            free = usableBytes(file.getParent());
        } catch (IOException unknown) {
            e.addSuppressed(unknown);
        }
        // Linux and macOS, then Windows; quotas of other systems show in the free bytes.
        String message = String.valueOf(e.getMessage()).toLowerCase(Locale.ROOT);
        boolean saysFull = message.contains("no space left") || message.contains("not enough space");
        if (saysFull || free >= 0 && free < neededBytes) {
            return full(file, neededBytes, free, e);
        }
        return new LocretException(ErrorId.DOWNLOAD, "hub: cannot write (" + e + "): " + file, e);
    }

    private static LocretException full(Path path, long needed, long free, IOException cause) {
        String freeText = free < 0 ? "unknown" : free + " bytes";
        return new LocretException(
                ErrorId.DOWNLOAD, "hub: disk full: needed=" + needed + " bytes, free=" + freeText + ": " + path, cause);
    }
}
