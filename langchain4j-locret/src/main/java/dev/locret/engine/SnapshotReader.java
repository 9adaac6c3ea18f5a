package dev.locret.engine;

import dev.locret.backend.KvEntries;
import dev.locret.backend.KvRows;
import dev.locret.backend.KvSlice;
import dev.locret.cache.CacheSnapshot;
import dev.locret.common.ErrorId;
import dev.locret.common.LocretException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.zip.CRC32C;

/**
 * Reads the file of a context, whoever wrote it: no size is believed before the file is as long as it says, and nothing
 * comes out of a section whose checksum is wrong.
 */
final class SnapshotReader {
    private final FileChannel channel;
    private final Path file;
    private final ByteBuffer buffer;
    private final CRC32C sum = new CRC32C();

    private SnapshotReader(FileChannel channel, Path file) throws IOException {
        this.channel = channel;
        this.file = file;
        int capacity = (int) Math.max(SnapshotHeader.PREFIX, Math.min(1 << 20, channel.size()));
        this.buffer = ByteBuffer.allocateDirect(capacity).order(ByteOrder.LITTLE_ENDIAN);
    }

    /** The header alone, checked against the file's length. */
    static SnapshotHeader readHeader(FileChannel channel, Path file) throws IOException {
        return new SnapshotReader(channel, file).header();
    }

    /**
     * All of it.
     *
     * @param slices a cache that the contents must fit, layer by layer
     * @param vocabulary number of token ids
     */
    static ReadContext read(
            FileChannel channel, Path file, SnapshotBinding binding, List<KvSlice> slices, int vocabulary)
            throws IOException {
        SnapshotReader reader = new SnapshotReader(channel, file);
        SnapshotHeader header = reader.header();
        binding.require(header.binding(), file);
        String misfit = header.misfit(slices);
        if (misfit != null) {
            throw reader.damaged("entries do not fit the cache: " + misfit);
        }
        int[] tokens = reader.tokens(header, vocabulary);
        List<KvEntries> entries = new ArrayList<>();
        for (int layer = 0; layer < slices.size(); layer++) {
            entries.add(reader.layer(header, layer));
        }
        return ReadContext.of(
                header.name(),
                tokens,
                header.policy(),
                header.cacheBudget(),
                new CacheSnapshot(tokens.length, entries));
    }

    private SnapshotHeader header() throws IOException {
        byte[] magic = new byte[SnapshotHeader.MAGIC.length];
        long size = channel.size();
        if (size >= SnapshotHeader.PREFIX) {
            fill(SnapshotHeader.PREFIX);
            buffer.get(magic);
        }
        if (!Arrays.equals(magic, SnapshotHeader.MAGIC)) {
            throw unsupported("no context of Locret, by its first bytes");
        }
        int version = buffer.getInt();
        if (version != SnapshotHeader.VERSION) {
            throw unsupported("version " + version + ", known: " + SnapshotHeader.VERSION);
        }
        int length = buffer.getInt();
        if (length < 0 || length > Math.min(SnapshotHeader.MAX_LENGTH, size - SnapshotHeader.PREFIX - 4)) {
            throw damaged("header of " + length + " bytes in a file of " + size + " bytes");
        }
        byte[] content = new byte[length];
        bytes(content);
        endSection("header");
        try {
            SnapshotHeader header = SnapshotHeader.decode(ByteBuffer.wrap(content));
            if (header.fileBytes() != size) {
                throw new IllegalArgumentException("file of " + size + " bytes, its header says " + header.fileBytes());
            }
            return header;
        } catch (IllegalArgumentException | ArithmeticException | LocretException e) {
            throw damaged(e.getMessage());
        }
    }

    private int[] tokens(SnapshotHeader header, int vocabulary) throws IOException {
        int[] tokens = new int[header.tokens()];
        ints(tokens);
        endSection("tokens");
        for (int token : tokens) {
            if (token < 0 || token >= vocabulary) {
                throw damaged("token id outside the vocabulary: id=" + token + ", vocabulary=" + vocabulary);
            }
        }
        return tokens;
    }

    private KvEntries layer(SnapshotHeader header, int layer) throws IOException {
        KvEntries entries = KvEntries.allocate(header.lengths()[layer], header.headDim(), header.type());
        ints(entries.positions());
        floats(entries.scores());
        rows(entries.keys());
        rows(entries.values());
        endSection("layer " + layer);
        int at = 0;
        for (int length : entries.lengths()) {
            int before = -1;
            for (int end = at + length; at < end; at++) {
                int position = entries.positions()[at];
                if (position <= before || position >= header.tokens()) {
                    throw damaged("position " + position + " after " + before + " in layer " + layer + ", tokens="
                            + header.tokens());
                }
                before = position;
            }
        }
        return entries;
    }

    private void ints(int[] out) throws IOException {
        for (int at = 0; at < out.length; ) {
            int count = Math.min(out.length - at, buffer.capacity() / 4);
            fill(4 * count);
            buffer.asIntBuffer().get(out, at, count);
            buffer.position(buffer.limit());
            at += count;
        }
    }

    private void floats(float[] out) throws IOException {
        for (int at = 0; at < out.length; ) {
            int count = Math.min(out.length - at, buffer.capacity() / 4);
            fill(4 * count);
            buffer.asFloatBuffer().get(out, at, count);
            buffer.position(buffer.limit());
            at += count;
        }
    }

    private void rows(KvRows out) throws IOException {
        if (out.plain() != null) {
            floats(out.plain());
        } else {
            bytes(out.packed());
        }
    }

    private void bytes(byte[] out) throws IOException {
        for (int at = 0; at < out.length; ) {
            int count = Math.min(out.length - at, buffer.capacity());
            fill(count);
            buffer.get(out, at, count);
            at += count;
        }
    }

    private void endSection(String name) throws IOException {
        int expected = (int) sum.getValue();
        fill(4);
        int found = buffer.getInt();
        if (found != expected) {
            throw damaged("wrong checksum of its " + name + ": found=" + Integer.toHexString(found) + ", expected="
                    + Integer.toHexString(expected));
        }
        sum.reset();
    }

    private void fill(int count) throws IOException {
        buffer.clear().limit(count);
        while (buffer.hasRemaining()) {
            if (channel.read(buffer) < 0) {
                throw damaged("ends early, at byte " + channel.position());
            }
        }
        buffer.flip();
        sum.update(buffer.duplicate());
    }

    private LocretException damaged(String what) {
        return new LocretException(ErrorId.FILE_DAMAGED, "contexts: " + what + ": " + file);
    }

    private LocretException unsupported(String what) {
        return new LocretException(ErrorId.FILE_UNSUPPORTED, "contexts: " + what + ": " + file);
    }
}
