package dev.locret.backend;

import dev.locret.format.Dequantizer;
import dev.locret.tensor.HostTensor;
import dev.locret.tensor.Shape;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/**
 * Keys or values on the host, one row an entry. Immutable by agreement: nobody writes to the arrays once they are
 * filled. Exactly one of {@code plain} and {@code packed} is set.
 *
 * @param plain {@code [rows, headDim]} of type F32
 * @param packed rows of {@link KvCacheType#rowBytes} bytes of any other type
 */
public record KvRows(KvCacheType type, int headDim, float[] plain, byte[] packed) {
    /** Rows of zeros. */
    public static KvRows allocate(KvCacheType type, int rows, int headDim) {
        return type == KvCacheType.F32
                ? new KvRows(type, headDim, new float[Math.multiplyExact(rows, headDim)], null)
                : new KvRows(
                        type,
                        headDim,
                        null,
                        new byte[Math.toIntExact(Math.multiplyExact(rows, type.rowBytes(headDim)))]);
    }

    /** Index of a row in {@link #packed}. */
    public int at(int row) {
        return Math.toIntExact(row * type.rowBytes(headDim));
    }

    /** All rows as floats: {@link #plain} itself, or a new array. */
    public float[] floats() {
        if (plain != null) {
            return plain;
        }
        long rows = packed.length / type.rowBytes(headDim);
        HostTensor tensor =
                new HostTensor("cache", type.elements(), Shape.of(rows, headDim), (offset, length) -> ByteBuffer.wrap(
                                packed, Math.toIntExact(offset), length)
                        .slice()
                        .order(ByteOrder.LITTLE_ENDIAN));
        return Dequantizer.rows(tensor, 0, (int) rows);
    }
}
