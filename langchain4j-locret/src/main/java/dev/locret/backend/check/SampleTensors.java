package dev.locret.backend.check;

import dev.locret.backend.Backend;
import dev.locret.backend.KvEntries;
import dev.locret.backend.KvQuantizer;
import dev.locret.backend.KvRows;
import dev.locret.backend.Matrix;
import dev.locret.tensor.DType;
import dev.locret.tensor.HostTensor;
import dev.locret.tensor.Shape;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Random;

/** Random tensors to check operations with, and how far results are apart. */
public final class SampleTensors {
    private SampleTensors() {}

    /** So many normally distributed numbers. */
    public static float[] gaussian(Random random, int n) {
        float[] out = new float[n];
        for (int i = 0; i < n; i++) {
            out[i] = (float) random.nextGaussian();
        }
        return out;
    }

    /** Random keys and values in the cache's own type. */
    public static void fill(Random random, KvEntries entries) {
        for (KvRows rows : new KvRows[] {entries.keys(), entries.values()}) {
            for (int entry = 0; entry < entries.entries(); entry++) {
                float[] row = gaussian(random, entries.headDim());
                if (rows.plain() != null) {
                    System.arraycopy(row, 0, rows.plain(), entry * row.length, row.length);
                } else {
                    KvQuantizer.row(rows.type(), row, 0, row.length, rows.packed(), rows.at(entry));
                }
            }
        }
    }

    /** The values as an F32 tensor of so many columns. */
    public static HostTensor floats(String name, float[] values, int columns) {
        ByteBuffer bytes = ByteBuffer.allocate(4 * values.length).order(ByteOrder.LITTLE_ENDIAN);
        bytes.asFloatBuffer().put(values);
        return tensor(name, DType.F32, values.length / columns, columns, bytes);
    }

    /** The values as a matrix of a backend. */
    public static Matrix matrix(Backend backend, float[] values, int columns) {
        return Matrix.of(backend.loadFloats(floats("matrix", values, columns)), columns);
    }

    /** A weight of any type: blocks of random quants, with scales such that values are about 1. */
    public static HostTensor weight(Random random, DType type, int rows, int columns) {
        ByteBuffer bytes =
                ByteBuffer.allocate(Math.toIntExact(rows * type.bytes(columns))).order(ByteOrder.LITTLE_ENDIAN);
        if (type == DType.F32) {
            while (bytes.hasRemaining()) {
                bytes.putFloat((float) random.nextGaussian());
            }
            return tensor("weight", type, rows, columns, bytes);
        }
        if (type == DType.BF16 || type == DType.F16) {
            while (bytes.hasRemaining()) {
                float value = (float) random.nextGaussian();
                bytes.putShort(type == DType.BF16 ? (short) (Float.floatToRawIntBits(value) >>> 16) : half(value));
            }
            return tensor("weight", type, rows, columns, bytes);
        }
        random.nextBytes(bytes.array());
        for (int at = 0; at < bytes.capacity(); at += type.blockBytes()) {
            int scale = type == DType.Q6_K ? at + 208 : at;
            bytes.putShort(
                    scale,
                    half(switch (type) {
                                case Q8_0 -> 0.01f;
                                case Q6_K -> 0.0005f;
                                case Q4_K, Q5_K -> 0.002f;
                                default -> 0.1f;
                            }
                            * (1 + random.nextFloat())));
            if (type == DType.Q4_1 || type == DType.Q5_1 || type == DType.Q4_K || type == DType.Q5_K) {
                bytes.putShort(at + 2, half(0.01f * random.nextFloat()));
            }
        }
        return tensor("weight", type, rows, columns, bytes);
    }

    private static HostTensor tensor(String name, DType type, int rows, int columns, ByteBuffer bytes) {
        return new HostTensor(name, type, Shape.of(rows, columns), (offset, length) -> bytes.slice((int) offset, length)
                .order(ByteOrder.LITTLE_ENDIAN));
    }

    /** A normal half-precision number, rounded towards zero. */
    private static short half(float value) {
        int bits = Float.floatToRawIntBits(value);
        int exponent = (bits >>> 23 & 255) - 112;
        return exponent <= 0 ? 0 : (short) (bits >>> 16 & 0x8000 | exponent << 10 | bits >>> 13 & 1023);
    }

    /** Sum of squared differences; NaN where one side alone is not finite. */
    public static double difference(float[] actual, float[] expected) {
        double difference = 0;
        for (int i = 0; i < expected.length; i++) {
            difference += Math.pow((double) actual[i] - expected[i], 2);
        }
        return difference;
    }

    /** The same relative to the squares of what is expected. */
    public static double error(float[] actual, float[] expected) {
        double size = 0;
        for (float each : expected) {
            size += Math.pow(each, 2);
        }
        return size == 0 ? difference(actual, expected) : difference(actual, expected) / size;
    }
}
