package dev.locret.format;

import dev.locret.tensor.HostTensor;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.LocalDateTime;
import java.util.Collection;
import java.util.zip.CRC32;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;

/**
 * Writes tensors as {@code torch.save} writes a dict of them: an archive of a pickle and one entry per storage, which
 * {@code torch.load(file, weights_only=True)} reads, mapped into memory too. The same tensors give the same bytes.
 */
public final class TorchWriter {
    /** Where storages begin, so that a mapped one is aligned: PyTorch's own. */
    private static final int ALIGNMENT = 64;
    /** Bytes of an entry's header beside name and padding. */
    private static final int HEADER = 30;
    /** Id and length of a padding. */
    private static final int PADDING_HEADER = 4;
    /** Early, but late enough that an archive can say it without a field more. */
    private static final LocalDateTime NO_TIME = LocalDateTime.of(1980, 2, 1, 0, 0);

    private static final int BLOCK = 1 << 20;

    private final ZipOutputStream zip;
    private final String root;
    private long at;

    private TorchWriter(OutputStream out, String root) {
        this.zip = new ZipOutputStream(out);
        this.root = root;
    }

    /** Bytes that can be read twice: an archive's header says their sum. */
    private interface Content {
        void writeTo(Sink sink) throws IOException;
    }

    private interface Sink {
        void accept(ByteBuffer bytes) throws IOException;
    }

    /**
     * Writes a file, beside its place first.
     *
     * @param who begins the message of a failure
     * @param tensors of floats
     * @throws dev.locret.common.LocretException ({@code file-not-writable})
     */
    public static void write(String who, Path file, Collection<HostTensor> tensors) {
        String name = file.getFileName().toString();
        int dot = name.lastIndexOf('.');
        FileReplacement.write(who, file, channel -> new TorchWriter(
                        Channels.newOutputStream(channel), dot > 0 ? name.substring(0, dot) : name)
                .write(tensors));
    }

    private void write(Collection<HostTensor> tensors) throws IOException {
        entry("data.pkl", TorchPickle.of(tensors));
        entry("byteorder", "little".getBytes(StandardCharsets.US_ASCII));
        int key = 0;
        for (HostTensor tensor : tensors) {
            entry("data/" + key++, tensor.sizeBytes(), sink -> {
                for (long begin = 0; begin < tensor.sizeBytes(); begin += BLOCK) {
                    int size = (int) Math.min(BLOCK, tensor.sizeBytes() - begin);
                    sink.accept(tensor.bytes().slice(begin, size));
                }
            });
        }
        entry("version", "3\n".getBytes(StandardCharsets.US_ASCII));
        // Closing it would close the file, which is not on the disk yet.
        zip.finish();
    }

    private void entry(String name, byte[] bytes) throws IOException {
        entry(name, bytes.length, sink -> sink.accept(ByteBuffer.wrap(bytes)));
    }

    private void entry(String name, long size, Content content) throws IOException {
        ZipEntry entry = new ZipEntry(root + "/" + name);
        CRC32 sum = new CRC32();
        content.writeTo(sum::update);
        entry.setMethod(ZipEntry.STORED);
        entry.setCrc(sum.getValue());
        entry.setSize(size);
        entry.setCompressedSize(size);
        entry.setTimeLocal(NO_TIME);
        long data = at + HEADER + entry.getName().getBytes(StandardCharsets.UTF_8).length + PADDING_HEADER;
        int padding = (int) (-data & ALIGNMENT - 1);
        entry.setExtra(padding(padding));
        zip.putNextEntry(entry);
        byte[] block = new byte[BLOCK];
        content.writeTo(bytes -> {
            while (bytes.hasRemaining()) {
                int count = Math.min(block.length, bytes.remaining());
                bytes.get(block, 0, count);
                zip.write(block, 0, count);
            }
        });
        zip.closeEntry();
        at = data + padding + size;
    }

    /** An extra field that readers pass over, under PyTorch's id. */
    private static byte[] padding(int size) {
        byte[] extra = new byte[PADDING_HEADER + size];
        extra[0] = 'F';
        extra[1] = 'B';
        extra[2] = (byte) size;
        return extra;
    }
}
