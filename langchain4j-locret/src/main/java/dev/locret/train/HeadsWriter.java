package dev.locret.train;

import dev.locret.backend.DeviceWeight;
import dev.locret.backend.TrainingOperations;
import dev.locret.format.SafetensorsWriter;
import dev.locret.tensor.DType;
import dev.locret.tensor.HalfFloat;
import dev.locret.tensor.HostTensor;
import dev.locret.tensor.Shape;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** Writes heads as safetensors in bfloat16, under the authors' names. */
final class HeadsWriter {
    private HeadsWriter() {}

    /**
     * @param metadata what to say of the heads
     */
    static void write(Path file, TrainedHeads heads, TrainingOperations operations, Map<String, String> metadata) {
        List<HostTensor> tensors = new ArrayList<>();
        for (int layer = 0; layer < heads.layers(); layer++) {
            tensors.add(tensor(HeadNames.of(layer, 1), heads.layer(layer).fc1().weight(), operations));
            tensors.add(tensor(HeadNames.of(layer, 2), heads.layer(layer).fc2().weight(), operations));
        }
        SafetensorsWriter.write("train", file, tensors, metadata);
    }

    /** Copied from the device when it is written. */
    private static HostTensor tensor(String name, DeviceWeight weight, TrainingOperations operations) {
        Shape shape = Shape.of(weight.rows(), weight.columns());
        return new HostTensor(name, DType.BF16, shape, (offset, length) -> bfloat16(operations.download(weight))
                .slice(Math.toIntExact(offset), length)
                .order(ByteOrder.LITTLE_ENDIAN));
    }

    private static ByteBuffer bfloat16(float[] values) {
        ByteBuffer buffer =
                ByteBuffer.allocate(Math.multiplyExact(2, values.length)).order(ByteOrder.LITTLE_ENDIAN);
        for (float value : values) {
            buffer.putShort(HalfFloat.toBf16(value));
        }
        return buffer.flip();
    }
}
