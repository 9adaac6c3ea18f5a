package dev.locret.format;

import dev.locret.common.LocretException;
import java.nio.charset.StandardCharsets;

/** Reads a mapped file from front to back; the error of a file that ends early says what was being read. */
final class FileCursor {
    private final MappedFile file;
    private final String format;
    private long position;

    FileCursor(MappedFile file, String format) {
        this.file = file;
        this.format = format;
    }

    long position() {
        return position;
    }

    long remaining() {
        return file.size() - position;
    }

    int u8(String what) {
        return file.slice(advance(1, what), 1).get(0) & 0xff;
    }

    int u16(String what) {
        return file.slice(advance(2, what), 2).getShort(0) & 0xffff;
    }

    int i32(String what) {
        return file.slice(advance(4, what), 4).getInt(0);
    }

    long u32(String what) {
        return i32(what) & 0xffffffffL;
    }

    long i64(String what) {
        return file.slice(advance(8, what), 8).getLong(0);
    }

    /** An unsigned number below 2^63. */
    long u64(String what) {
        long value = i64(what);
        if (value < 0) {
            throw damaged(what + " exceeds 63 bits: " + Long.toUnsignedString(value));
        }
        return value;
    }

    /** A count of things that take at least {@code itemBytes} each, so that no more are announced than can follow. */
    long count(String what, int itemBytes) {
        long count = u64(what);
        if (count > remaining() / itemBytes) {
            throw damaged(what + " is " + count + ", but only " + remaining() + " bytes follow byte " + position);
        }
        return count;
    }

    /** UTF-8 text after its 64-bit length in bytes. */
    String string(String what, int maxBytes) {
        long length = u64(what);
        if (length > remaining()) {
            throw damaged(
                    what + " is " + length + " bytes long, but only " + remaining() + " bytes follow byte " + position);
        }
        if (length > maxBytes) {
            throw damaged(what + " is " + length + " bytes long, allowed=" + maxBytes);
        }
        return new String(file.bytes(advance(length, what), (int) length), StandardCharsets.UTF_8);
    }

    LocretException damaged(String what) {
        return FormatErrors.damaged(format, what, file.path());
    }

    private long advance(long bytes, String what) {
        if (bytes > remaining()) {
            throw damaged("file of " + file.size() + " bytes ends at byte " + position + " inside " + what);
        }
        long begin = position;
        position += bytes;
        return begin;
    }
}
