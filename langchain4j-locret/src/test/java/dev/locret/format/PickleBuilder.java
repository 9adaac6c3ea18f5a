package dev.locret.format;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.zip.CRC32;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;

/** Writes PyTorch archives with a pickle given opcode by opcode. */
final class PickleBuilder {
    private final ByteArrayOutputStream out = new ByteArrayOutputStream();

    PickleBuilder() {
        op(0x80, 2);
    }

    PickleBuilder op(int... bytes) {
        for (int b : bytes) {
            out.write(b);
        }
        return this;
    }

    PickleBuilder op(char opcode, String text) {
        out.write(opcode);
        out.writeBytes(text.getBytes(StandardCharsets.UTF_8));
        return this;
    }

    /** A string. */
    PickleBuilder text(String text) {
        byte[] utf8 = text.getBytes(StandardCharsets.UTF_8);
        out.write('X');
        out.writeBytes(GgufBuilder.i32(utf8.length));
        out.writeBytes(utf8);
        return this;
    }

    PickleBuilder number(int value) {
        out.write('J');
        out.writeBytes(GgufBuilder.i32(value));
        return this;
    }

    PickleBuilder global(String module, String name) {
        return op('c', module + "\n" + name + "\n");
    }

    /** A tuple of numbers. */
    PickleBuilder tuple(int... values) {
        op('(');
        for (int value : values) {
            number(value);
        }
        return op('t');
    }

    /** A call that rebuilds a tensor from the storage {@code 0}. */
    PickleBuilder tensor(String storageType, int storageElements, int offset, int[] shape, int[] strides) {
        global("torch._utils", "_rebuild_tensor_v2")
                .op('(')
                .op('(')
                .text("storage")
                .global("torch", storageType);
        text("0")
                .text("cpu")
                .number(storageElements)
                .op('t')
                .op('Q')
                .number(offset)
                .tuple(shape)
                .tuple(strides);
        return op(0x89).global("collections", "OrderedDict")
                .op(')')
                .op('R')
                .op('t')
                .op('R');
    }

    byte[] pickle() {
        return out.toByteArray();
    }

    /** The archive; {@code method} is {@link ZipEntry#STORED} or {@link ZipEntry#DEFLATED}. */
    byte[] archive(byte[] storage, int method) {
        ByteArrayOutputStream archive = new ByteArrayOutputStream();
        try (ZipOutputStream zip = new ZipOutputStream(archive)) {
            entry(zip, "archive/data.pkl", pickle(), method);
            entry(zip, "archive/byteorder", "little".getBytes(StandardCharsets.US_ASCII), method);
            entry(zip, "archive/data/0", storage, method);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return archive.toByteArray();
    }

    TorchFile file(byte[] storage) {
        return TorchFile.of(MappedFile.of(Path.of("test.bin"), archive(storage, ZipEntry.STORED)));
    }

    static void entry(ZipOutputStream zip, String name, byte[] content, int method) throws IOException {
        ZipEntry entry = new ZipEntry(name);
        entry.setMethod(method);
        CRC32 crc = new CRC32();
        crc.update(content);
        entry.setCrc(crc.getValue());
        entry.setSize(content.length);
        if (method == ZipEntry.STORED) {
            entry.setCompressedSize(content.length);
        }
        zip.putNextEntry(entry);
        zip.write(content);
        zip.closeEntry();
    }
}
