package dev.locret.backend.cuda;

import dev.locret.tensor.DType;
import dev.locret.tensor.HostTensor;
import java.nio.ByteBuffer;

/**
 * How a weight lies on the device: the bodies of all blocks (the quants), then their headers (the scales), so that both
 * can be read in aligned words; blocks of files have sizes such as 18 and 210 bytes. Plain types have bodies only, and
 * rows padded with zeros to a multiple of {@link #PADDING} columns.
 *
 * @param headerAt where the header begins in a block of the file
 * @param headerBytes its size
 * @param bodyAt where the body begins
 * @param bodyBytes its size, a multiple of 16
 */
record WeightLayout(DType type, int headerAt, int headerBytes, int bodyAt, int bodyBytes) {
    private static final int PADDING = 8;
    /** Headers begin at a multiple of so many bytes. */
    private static final int ALIGNMENT = 16;

    static WeightLayout of(DType type) {
        return switch (type) {
            case F32, F16, BF16 -> new WeightLayout(type, 0, 0, 0, type.blockBytes());
            case Q4_0, Q8_0 -> headerFirst(type, 2);
            case Q4_1 -> headerFirst(type, 4);
            case Q5_0 -> headerFirst(type, 6);
            case Q5_1 -> headerFirst(type, 8);
            case Q4_K, Q5_K -> headerFirst(type, 16);
            case Q6_K -> new WeightLayout(type, 192, 18, 0, 192);
            case I32, I64 -> throw new IllegalArgumentException("not a weight type: type=" + type);
        };
    }

    private static WeightLayout headerFirst(DType type, int headerBytes) {
        return new WeightLayout(type, 0, headerBytes, headerBytes, type.blockBytes() - headerBytes);
    }

    boolean plain() {
        return type.blockSize() == 1;
    }

    /** Columns of a row with padding. */
    int paddedColumns(long columns) {
        long padded = plain() ? (columns + PADDING - 1) / PADDING * PADDING : columns;
        return Math.toIntExact(padded);
    }

    private long blocks(HostTensor tensor) {
        return Math.multiplyExact(tensor.rows(), (long) paddedColumns(tensor.columns()) / type.blockSize());
    }

    /** Where headers begin. */
    long headerOffset(HostTensor tensor) {
        long bodies = Math.multiplyExact(blocks(tensor), (long) bodyBytes);
        return (bodies + ALIGNMENT - 1) / ALIGNMENT * ALIGNMENT;
    }

    /** Bytes of the whole weight. */
    long bytes(HostTensor tensor) {
        return Math.addExact(headerOffset(tensor), Math.multiplyExact(blocks(tensor), (long) headerBytes));
    }

    void upload(HostTensor tensor, CudaBuffer to, Transfers transfers) {
        long blocks = blocks(tensor);
        if (plain()) {
            int rowBytes = paddedColumns(tensor.columns()) * bodyBytes;
            transfers.upload(
                    to.pointer(), blocks * bodyBytes, bodyBytes, (from, out) -> copyRows(tensor, rowBytes, from, out));
            return;
        }
        transfers.upload(
                to.pointer(),
                blocks * bodyBytes,
                bodyBytes,
                (from, out) -> copyParts(tensor, from / bodyBytes, bodyAt, bodyBytes, out));
        transfers.upload(
                to.pointer().withByteOffset(headerOffset(tensor)),
                blocks * headerBytes,
                headerBytes,
                (from, out) -> copyParts(tensor, from / headerBytes, headerAt, headerBytes, out));
    }

    /** Bytes {@code [from, …)} of the padded rows. */
    private static void copyRows(HostTensor tensor, int rowBytes, long from, ByteBuffer out) {
        while (out.hasRemaining()) {
            int inRow = (int) (from % rowBytes);
            int count = Math.min(out.remaining(), rowBytes - inRow);
            int real = Math.max(0, Math.min(count, tensor.rowBytes() - inRow));
            if (real > 0) {
                out.put(tensor.bytes().slice(from / rowBytes * tensor.rowBytes() + inRow, real));
            }
            for (int i = real; i < count; i++) {
                out.put((byte) 0);
            }
            from += count;
        }
    }

    /** One part of every block from {@code block} on. */
    private void copyParts(HostTensor tensor, long block, int at, int bytes, ByteBuffer out) {
        int count = out.remaining() / bytes;
        ByteBuffer in = tensor.bytes().slice(block * type.blockBytes(), count * type.blockBytes());
        byte[] part = new byte[bytes];
        for (int i = 0; i < count; i++) {
            in.get(i * type.blockBytes() + at, part);
            out.put(part);
        }
    }
}
