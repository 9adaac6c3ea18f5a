package dev.locret.testing;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;

/** A copy of a tiny model with the values of one weight, in BF16 or F32, multiplied by a power of two. */
public final class ScaledModel {
    private ScaledModel() {}

    /** Writes the model to {@code directory}; values that leave the range become the largest of their type. */
    public static void write(Path model, Path directory, String tensor, int powerOfTwo) throws IOException {
        Files.copy(model.resolve("config.json"), directory.resolve("config.json"));
        byte[] file = Files.readAllBytes(model.resolve("model.safetensors"));
        ByteBuffer bytes = ByteBuffer.wrap(file).order(ByteOrder.LITTLE_ENDIAN);
        int header = Math.toIntExact(bytes.getLong(0));
        JsonNode entry = new ObjectMapper().readTree(file, 8, header).get(tensor);
        int begin = 8 + header + entry.get("data_offsets").get(0).asInt();
        int end = 8 + header + entry.get("data_offsets").get(1).asInt();
        boolean half = entry.get("dtype").asText().equals("BF16");
        for (int at = begin; at < end; at += half ? 2 : 4) {
            float value = half ? Float.intBitsToFloat(bytes.getShort(at) << 16) : bytes.getFloat(at);
            int bits = Float.floatToRawIntBits(scale(value, powerOfTwo));
            if (half) {
                bytes.putShort(at, (short) (bits >>> 16));
            } else {
                bytes.putInt(at, bits);
            }
        }
        Files.write(directory.resolve("model.safetensors"), file);
    }

    private static float scale(float value, int powerOfTwo) {
        float scaled = Math.scalb(value, powerOfTwo);
        // The largest BF16, which is finite in both types.
        float largest = Float.intBitsToFloat(0x7f7f0000);
        return Math.max(-largest, Math.min(largest, scaled));
    }
}
