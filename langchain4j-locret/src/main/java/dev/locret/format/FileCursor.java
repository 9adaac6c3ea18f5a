package dev.locret.format;

import dev.locret.common.LocretException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;

/** Reads a mapped file from front to back; the error of a file that ends early says what was being read. */
final class FileCursor {
    /** Bytes looked at in one slice; headers hold hundreds of thousands of small values. */
    private static final int VIEW = 1 << 16;

    private final MappedFile file;
    private final String format;
    private long position;
    private ByteBuffer view = ByteBuffer.allocate(0);
    private long viewBegin;

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
        return next(1, what).get() & 0xff;
    }

    int u16(String what) {
        return next(2, what).getShort() & 0xffff;
    }

    int i32(String what) {
        return next(4, what).getInt();
    }

    long u32(String what) {
        return i32(what) & 0xffffffffL;
    }

    long i64(String what) {
        return next(8, what).getLong();
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
        byte[] utf8;
        if (length > VIEW) {
            utf8 = file.bytes(position, (int) length);
            position += length;
        } else {
            utf8 = new byte[(int) length];
            next(utf8.length, what).get(utf8);
        }
        return new String(utf8, StandardCharsets.UTF_8);
    }

    LocretException damaged(String what) {
        return FormatErrors.damaged(format, what, file.path());
    }

    /** The view, at the next {@code bytes} bytes, which then count as read. */
    private ByteBuffer next(int bytes, String what) {
        if (bytes > remaining()) {
            throw damaged("file of " + file.size() + " bytes ends at byte " + position + " inside " + what);
        }
        if (position + bytes > viewBegin + view.limit()) {
            view = file.slice(position, (int) Math.min(VIEW, remaining()));
            viewBegin = position;
        }
        view.position((int) (position - viewBegin));
        position += bytes;
        return view;
    }
}
