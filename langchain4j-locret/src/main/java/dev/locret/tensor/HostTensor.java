package dev.locret.tensor;

import java.nio.ByteBuffer;

/**
 * A named tensor in host memory or in a mapped file, in its file's own element type. Rows are contiguous; a row is the
 * last axis. Reading never copies the whole tensor, so tensors beyond 2 GiB work.
 *
 * @param name name in the file, for messages
 * @param type element type
 * @param shape extents, slowest first
 * @param bytes where the data lies
 */
public record HostTensor(String name, DType type, Shape shape, Bytes bytes) {
    /** Random access to the data of a tensor. */
    @FunctionalInterface
    public interface Bytes {
        /**
         * A read-only little-endian view of {@code length} bytes that start at byte {@code offset} of the tensor; its
         * position is 0 and its limit {@code length}.
         */
        ByteBuffer slice(long offset, int length);
    }

    public long rows() {
        return shape.rows();
    }

    public long columns() {
        return shape.columns();
    }

    /** Bytes of one row. */
    public int rowBytes() {
        return Math.toIntExact(type.bytes(columns()));
    }

    /** Bytes of all rows. */
    public long sizeBytes() {
        return Math.multiplyExact(rows(), (long) rowBytes());
    }

    /** View of {@code count} rows from row {@code begin}. */
    public ByteBuffer rows(long begin, int count) {
        return bytes.slice(begin * rowBytes(), Math.multiplyExact(count, rowBytes()));
    }
}
