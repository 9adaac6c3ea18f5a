package dev.locret.format;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/**
 * A file of any size, mapped read-only. The operating system reads pages when they are touched and shares them between
 * processes. Safe for use by many threads.
 *
 * <p>Java of the supported versions maps at most 2 GiB at a time, so windows of that length start at every GiB: a slice
 * of up to 1 GiB always lies within one of them. The mapping ends when the last slice is collected.
 */
public final class MappedFile {
    /** Largest slice that is available at every offset. */
    public static final int MAX_SLICE = 1 << 30;

    private static final long WINDOW = Integer.MAX_VALUE;

    private final Path path;
    private final long size;
    private final ByteBuffer[] windows;

    private MappedFile(Path path, long size, ByteBuffer[] windows) {
        this.path = path;
        this.size = size;
        this.windows = windows;
    }

    /**
     * Maps {@code path}.
     *
     * @throws dev.locret.common.LocretException {@code file-not-readable} if it is absent, a directory or unreadable
     */
    public static MappedFile open(Path path) {
        if (Files.isDirectory(path)) {
            throw FormatErrors.notReadable(path, new IOException("is a directory"));
        }
        try (FileChannel channel = FileChannel.open(path, StandardOpenOption.READ)) {
            long size = channel.size();
            ByteBuffer[] windows = new ByteBuffer[Math.toIntExact(Math.max(1, (size + MAX_SLICE - 1) / MAX_SLICE))];
            for (int i = 0; i < windows.length; i++) {
                long begin = (long) i * MAX_SLICE;
                windows[i] = channel.map(FileChannel.MapMode.READ_ONLY, begin, Math.min(WINDOW, size - begin));
            }
            return new MappedFile(path, size, windows);
        } catch (IOException e) {
            throw FormatErrors.notReadable(path, e);
        }
    }

    /** Content that is already in memory, such as an unpacked archive entry; {@code path} is for messages. */
    static MappedFile of(Path path, byte[] content) {
        return new MappedFile(
                path, content.length, new ByteBuffer[] {ByteBuffer.wrap(content).asReadOnlyBuffer()});
    }

    public Path path() {
        return path;
    }

    /** Length in bytes. */
    public long size() {
        return size;
    }

    /**
     * A read-only little-endian view of {@code length} bytes from byte {@code offset}.
     *
     * @throws dev.locret.common.LocretException {@code file-damaged} if the file does not hold these bytes,
     *     {@code file-unsupported} if more than {@link #MAX_SLICE} bytes straddle two windows
     */
    public ByteBuffer slice(long offset, int length) {
        if (offset < 0 || length < 0 || offset > size - length) {
            throw FormatErrors.damaged(
                    "file", length + " bytes from byte " + offset + " lie outside a file of " + size + " bytes", path);
        }
        int window = (int) Math.min(offset / MAX_SLICE, windows.length - 1);
        int begin = (int) (offset - (long) window * MAX_SLICE);
        if (length > windows[window].limit() - begin) {
            throw FormatErrors.unsupported(
                    "file", "a slice of " + length + " bytes is longer than " + MAX_SLICE + " bytes", path);
        }
        return windows[window].slice(begin, length).order(ByteOrder.LITTLE_ENDIAN);
    }

    /** The {@code length} bytes from byte {@code offset}, copied. */
    byte[] bytes(long offset, int length) {
        ByteBuffer view = slice(offset, length);
        byte[] copy = new byte[length];
        view.get(copy);
        return copy;
    }
}
