package dev.locret.engine;

import dev.locret.backend.KvEntries;
import dev.locret.backend.KvRows;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.util.zip.CRC32C;

/** Writes a context to a file, as {@link SnapshotHeader} says. */
final class SnapshotWriter {
    private final FileChannel channel;
    private final ByteBuffer buffer = ByteBuffer.allocateDirect(1 << 20).order(ByteOrder.LITTLE_ENDIAN);
    private final CRC32C sum = new CRC32C();

    private SnapshotWriter(FileChannel channel) {
        this.channel = channel;
    }

    static void write(ReadContext context, SnapshotBinding binding, FileChannel channel) throws IOException {
        SnapshotWriter writer = new SnapshotWriter(channel);
        writer.buffer.put(SnapshotHeader.of(context, binding).encode());
        writer.endSection();
        writer.put(context.tokens());
        writer.endSection();
        for (KvEntries layer : context.snapshot().layers()) {
            writer.put(layer.positions());
            writer.put(layer.scores());
            writer.put(layer.keys());
            writer.put(layer.values());
            writer.endSection();
        }
        writer.flush();
    }

    private void put(int[] values) throws IOException {
        for (int at = 0; at < values.length; ) {
            require(4);
            int count = Math.min(values.length - at, buffer.remaining() / 4);
            buffer.asIntBuffer().put(values, at, count);
            buffer.position(buffer.position() + 4 * count);
            at += count;
        }
    }

    private void put(float[] values) throws IOException {
        for (int at = 0; at < values.length; ) {
            require(4);
            int count = Math.min(values.length - at, buffer.remaining() / 4);
            buffer.asFloatBuffer().put(values, at, count);
            buffer.position(buffer.position() + 4 * count);
            at += count;
        }
    }

    private void put(KvRows rows) throws IOException {
        if (rows.plain() != null) {
            put(rows.plain());
            return;
        }
        byte[] packed = rows.packed();
        for (int at = 0; at < packed.length; ) {
            require(1);
            int count = Math.min(packed.length - at, buffer.remaining());
            buffer.put(packed, at, count);
            at += count;
        }
    }

    private void require(int bytes) throws IOException {
        if (buffer.remaining() < bytes) {
            flush();
        }
    }

    private void endSection() throws IOException {
        flush();
        buffer.putInt((int) sum.getValue());
        flush();
        sum.reset();
    }

    private void flush() throws IOException {
        buffer.flip();
        sum.update(buffer.duplicate());
        while (buffer.hasRemaining()) {
            channel.write(buffer);
        }
        buffer.clear();
    }
}
