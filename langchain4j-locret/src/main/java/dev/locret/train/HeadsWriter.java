package dev.locret.train;

import com.fasterxml.jackson.databind.ObjectMapper;
import dev.locret.backend.DeviceWeight;
import dev.locret.backend.TrainingOperations;
import dev.locret.tensor.HalfFloat;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Writes heads as safetensors in bfloat16, under the authors' names. */
final class HeadsWriter {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final int ALIGNMENT = 8;

    private HeadsWriter() {}

    /**
     * @param metadata what to say of the heads
     */
    static void write(Path file, TrainedHeads heads, TrainingOperations operations, Map<String, String> metadata) {
        List<DeviceWeight> weights = new ArrayList<>();
        Map<String, Object> header = new LinkedHashMap<>();
        header.put("__metadata__", metadata);
        long at = 0;
        for (int layer = 0; layer < heads.layers(); layer++) {
            DeviceWeight fc1 = heads.layer(layer).fc1().weight();
            DeviceWeight fc2 = heads.layer(layer).fc2().weight();
            at = describe(header, HeadNames.of(layer, 1), fc1, at);
            at = describe(header, HeadNames.of(layer, 2), fc2, at);
            weights.add(fc1);
            weights.add(fc2);
        }
        FileReplacement.write(file, channel -> {
            writeHeader(header, channel);
            for (DeviceWeight weight : weights) {
                writeAll(bfloat16(operations.download(weight)), channel);
            }
        });
    }

    private static long describe(Map<String, Object> header, String name, DeviceWeight weight, long begin) {
        long end = begin + 2L * weight.rows() * weight.columns();
        Map<String, Object> entry = new LinkedHashMap<>();
        entry.put("dtype", "BF16");
        entry.put("shape", List.of(weight.rows(), weight.columns()));
        entry.put("data_offsets", List.of(begin, end));
        header.put(name, entry);
        return end;
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

    private static ByteBuffer bfloat16(float[] values) {
        ByteBuffer buffer =
                ByteBuffer.allocate(Math.multiplyExact(2, values.length)).order(ByteOrder.LITTLE_ENDIAN);
        for (float value : values) {
            buffer.putShort(HalfFloat.toBf16(value));
        }
        return buffer.flip();
    }

    private static void writeAll(ByteBuffer buffer, FileChannel channel) throws IOException {
        while (buffer.hasRemaining()) {
            channel.write(buffer);
        }
    }
}
