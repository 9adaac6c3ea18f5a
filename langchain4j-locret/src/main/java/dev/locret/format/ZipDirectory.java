package dev.locret.format;

import dev.locret.common.LocretException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.zip.DataFormatException;
import java.util.zip.Inflater;

/**
 * Central directory of a zip archive in a mapped file, zip64 included. The JDK's own reader copies every entry; here
 * stored entries, which is how PyTorch writes tensors, stay views of the file.
 */
final class ZipDirectory {
    private static final int END = 0x06054b50;
    private static final int END_64 = 0x06064b50;
    private static final int LOCATOR_64 = 0x07064b50;
    private static final int CENTRAL = 0x02014b50;
    private static final int LOCAL = 0x04034b50;
    private static final int END_BYTES = 22;
    private static final int LOCATOR_BYTES = 20;
    private static final int CENTRAL_BYTES = 46;
    private static final int LOCAL_BYTES = 30;
    private static final long UNKNOWN_32 = 0xffffffffL;
    /** Deflate cannot shrink further, so what claims to is a trap. */
    private static final int MAX_RATIO = 1032;

    private final MappedFile file;
    private final String format;
    private final Map<String, Entry> entries = new LinkedHashMap<>();
    private long inflatable;

    private record Entry(String name, int method, long compressed, long size, long header) {}

    /** Where the content of an entry lies: in the archive itself or, unpacked, in memory. */
    record Content(MappedFile file, long begin, long size) {
        byte[] bytes() {
            return file.bytes(begin, Math.toIntExact(size));
        }
    }

    private ZipDirectory(MappedFile file, String format) {
        this.file = file;
        this.format = format;
        this.inflatable = Math.max(file.size(), Math.min(file.size(), Long.MAX_VALUE / MAX_RATIO) * MAX_RATIO);
    }

    static ZipDirectory read(MappedFile file, String format) {
        ZipDirectory zip = new ZipDirectory(file, format);
        zip.readEntries();
        return zip;
    }

    Iterable<String> names() {
        return Collections.unmodifiableSet(entries.keySet());
    }

    boolean has(String name) {
        return entries.containsKey(name);
    }

    private void readEntries() {
        long end = findEnd();
        ByteBuffer record = file.slice(end, END_BYTES);
        long count = record.getShort(10) & 0xffff;
        long size = record.getInt(12) & UNKNOWN_32;
        long offset = record.getInt(16) & UNKNOWN_32;
        if (count == 0xffff || size == UNKNOWN_32 || offset == UNKNOWN_32) {
            ByteBuffer record64 = zip64End(end);
            count = record64.getLong(32);
            size = record64.getLong(40);
            offset = record64.getLong(48);
        }
        if (offset < 0 || size < 0 || offset > end - size || count < 0 || count > size / CENTRAL_BYTES) {
            throw damaged("directory of " + count + " entries, " + size + " bytes at byte " + offset
                    + " does not fit a file of " + file.size() + " bytes");
        }
        long at = offset;
        for (long i = 0; i < count; i++) {
            at = readEntry(at, offset + size);
        }
    }

    private long findEnd() {
        long lowest = Math.max(0, file.size() - END_BYTES - 0xffff);
        for (long at = file.size() - END_BYTES; at >= lowest; at--) {
            if (file.slice(at, 4).getInt() == END) {
                return at;
            }
        }
        throw damaged("archive of " + file.size() + " bytes has no directory, it may have been cut off");
    }

    private ByteBuffer zip64End(long end) {
        if (end >= LOCATOR_BYTES) {
            ByteBuffer locator = file.slice(end - LOCATOR_BYTES, LOCATOR_BYTES);
            long at = locator.getLong(8);
            if (locator.getInt(0) == LOCATOR_64 && at >= 0 && at <= end - 56) {
                ByteBuffer record = file.slice(at, 56);
                if (record.getInt(0) == END_64) {
                    return record;
                }
            }
        }
        throw damaged("zip64 directory is missing");
    }

    private long readEntry(long at, long limit) {
        if (at > limit - CENTRAL_BYTES || file.slice(at, 4).getInt() != CENTRAL) {
            throw damaged("directory is damaged at byte " + at);
        }
        ByteBuffer in = file.slice(at, CENTRAL_BYTES);
        int nameBytes = in.getShort(28) & 0xffff;
        int extraBytes = in.getShort(30) & 0xffff;
        long next = at + CENTRAL_BYTES + nameBytes + extraBytes + (in.getShort(32) & 0xffff);
        if (next > limit) {
            throw damaged("directory is damaged at byte " + at);
        }
        String name = new String(file.bytes(at + CENTRAL_BYTES, nameBytes), StandardCharsets.UTF_8);
        if ((in.getShort(8) & 1) != 0) {
            throw FormatErrors.unsupported(format, "entry " + FormatErrors.quote(name) + " is encrypted", file.path());
        }
        ByteBuffer extra = file.slice(at + CENTRAL_BYTES + nameBytes, extraBytes);
        long[] sizes = {
            in.getInt(24) & UNKNOWN_32, in.getInt(20) & UNKNOWN_32, in.getInt(42) & UNKNOWN_32,
        };
        widen(sizes, extra);
        Entry entry = new Entry(name, in.getShort(10), sizes[1], sizes[0], sizes[2]);
        if (entries.put(name, entry) != null) {
            throw damaged("entry " + FormatErrors.quote(name) + " appears twice");
        }
        return next;
    }

    /** Replaces those of size, compressed size and offset that did not fit 32 bits. */
    private static void widen(long[] sizes, ByteBuffer extra) {
        while (extra.remaining() >= 4) {
            int id = extra.getShort() & 0xffff;
            int length = Math.min(extra.getShort() & 0xffff, extra.remaining());
            int end = extra.position() + length;
            for (int i = 0; id == 1 && i < sizes.length; i++) {
                if (sizes[i] == UNKNOWN_32 && end - extra.position() >= 8) {
                    sizes[i] = extra.getLong();
                }
            }
            extra.position(end);
        }
    }

    /** The content of an entry; only compressed ones take memory, within the bounds of the format. */
    Content content(String name) {
        Entry entry = entries.get(name);
        String what = "entry " + FormatErrors.quote(name);
        if (entry == null) {
            throw damaged(what + " is missing");
        }
        long header = entry.header;
        if (header < 0
                || header > file.size() - LOCAL_BYTES
                || file.slice(header, 4).getInt() != LOCAL) {
            throw damaged(what + " has no header at byte " + header);
        }
        ByteBuffer local = file.slice(header, LOCAL_BYTES);
        long begin = header + LOCAL_BYTES + (local.getShort(26) & 0xffff) + (local.getShort(28) & 0xffff);
        if (entry.compressed < 0 || entry.size < 0 || begin > file.size() - entry.compressed) {
            throw damaged(what + " of " + entry.compressed + " bytes at byte " + begin + " ends outside a file of "
                    + file.size() + " bytes");
        }
        if (entry.method == 0 && entry.compressed == entry.size) {
            return new Content(file, begin, entry.size);
        }
        if (entry.method != 8) {
            throw FormatErrors.unsupported(
                    format,
                    what + " has compression method " + entry.method + " (" + entry.compressed + " of " + entry.size
                            + " bytes)",
                    file.path());
        }
        return inflate(what, entry, begin);
    }

    private Content inflate(String what, Entry entry, long begin) {
        if (entry.size / MAX_RATIO > entry.compressed || entry.size > MappedFile.MAX_SLICE || entry.size > inflatable) {
            throw damaged(what + " claims to unpack " + entry.compressed + " bytes to " + entry.size);
        }
        inflatable -= entry.size;
        byte[] out = new byte[(int) entry.size];
        Inflater inflater = new Inflater(true);
        try {
            inflater.setInput(file.slice(begin, Math.toIntExact(entry.compressed)));
            int length = 0;
            int step = -1;
            while (length < out.length && step != 0) {
                step = inflater.inflate(out, length, out.length - length);
                length += step;
            }
            if (length < out.length || inflater.inflate(new byte[1]) > 0) {
                throw damaged(what + " unpacks to another size than " + entry.size + " bytes");
            }
        } catch (DataFormatException e) {
            throw damaged(what + " is not valid deflate data (" + e.getMessage() + ")");
        } finally {
            inflater.end();
        }
        return new Content(MappedFile.of(file.path(), out), 0, entry.size);
    }

    private LocretException damaged(String what) {
        return FormatErrors.damaged(format, what, file.path());
    }
}
