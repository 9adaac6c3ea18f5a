package dev.locret.format;

import com.fasterxml.jackson.databind.ObjectMapper;
import dev.locret.tensor.HostTensor;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.LongStream;

/** Writes tensors as one safetensors file, in their own element types. */
public final class SafetensorsWriter {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final int ALIGNMENT = 8;
    /** Bytes of a tensor that are asked for at once. */
    private static final int BLOCK = 1 << 28;

    private SafetensorsWriter() {}

    /**
     * Writes a file, beside its place first.
     *
     * @param who begins the message of a failure
     * @param tensors in the order in which their data lies; each is asked once for its bytes, in order
     * @param metadata what goes under {@code __metadata__}
     * @throws dev.locret.common.LocretException ({@code file-not-writable})
     */
    public static void write(String who, Path file, Collection<HostTensor> tensors, Map<String, String> metadata) {
        Map<String, Object> header = new LinkedHashMap<>();
        header.put("__metadata__", metadata);
        long at = 0;
        for (HostTensor tensor : tensors) {
            long end = Math.addExact(at, tensor.sizeBytes());
            Map<String, Object> entry = new LinkedHashMap<>();
            entry.put("dtype", tensor.type().name());
            entry.put("shape", LongStream.of(tensor.shape().dims()).boxed().toList());
            entry.put("data_offsets", List.of(at, end));
            header.put(tensor.name(), entry);
            at = end;
        }
        FileReplacement.write(who, file, channel -> {
            writeHeader(header, channel);
            for (HostTensor tensor : tensors) {
                for (long begin = 0; begin < tensor.sizeBytes(); begin += BLOCK) {
                    int size = (int) Math.min(BLOCK, tensor.sizeBytes() - begin);
                    writeAll(tensor.bytes().slice(begin, size), channel);
                }
            }
        });
    }

    private static void writeHeader(Map<String, Object> header, FileChannel channel) throws IOException {
        byte[] json = JSON.writeValueAsString(header).getBytes(StandardCharsets.UTF_8);
        int padded = (json.length + ALIGNMENT - 1) / ALIGNMENT * ALIGNMENT;
        ByteBuffer buffer = ByteBuffer.allocate(8 + padded).order(ByteOrder.LITTLE_ENDIAN);
        buffer.putLong(padded).put(json);
        while (buffer.hasRemaining()) {
            buffer.put((byte) ' ');
        }
        writeAll(buffer.flip(), channel);
    }

    private static void writeAll(ByteBuffer buffer, FileChannel channel) throws IOException {
        while (buffer.hasRemaining()) {
            channel.write(buffer);
        }
    }
}
