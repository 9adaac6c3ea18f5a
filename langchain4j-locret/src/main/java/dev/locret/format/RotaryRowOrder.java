package dev.locret.format;

import dev.locret.common.Checks;
import dev.locret.tensor.HostTensor;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Path;

/**
 * Rows of a query or key projection in Hugging Face's order, read from a GGUF file of the llama architecture. Its
 * converter reshapes each head's rows as {@code [2, headDim / 2]} and swaps these axes, so that partners of a rotation
 * become neighbours; here row {@code half * headDim / 2 + i} of a head is fetched from {@code 2 * i + half} again. Whole
 * rows move, so packed types stay exact.
 *
 * @param source bytes in the file's order
 * @param tensor name, for messages
 * @param rowBytes bytes that move together: a row of a weight, an element of a bias
 * @param headDim rows of one head
 */
record RotaryRowOrder(HostTensor.Bytes source, String tensor, int rowBytes, int headDim) implements HostTensor.Bytes {
    /**
     * {@code tensor} with rows in Hugging Face's order.
     *
     * @throws dev.locret.common.LocretException {@code file-damaged} if its rows do not make whole heads
     */
    static HostTensor restore(HostTensor tensor, int headDim, Path path) {
        boolean bias = tensor.shape().rank() == 1;
        long rows = bias ? tensor.columns() : tensor.rows();
        if (rows % headDim != 0 || bias && tensor.type().blockSize() > 1) {
            throw FormatErrors.damaged(
                    GgufReader.FORMAT,
                    "tensor '" + tensor.name() + "' of shape " + tensor.shape() + " and type " + tensor.type()
                            + " is not made of heads of " + headDim + " rows",
                    path);
        }
        int rowBytes = bias ? tensor.type().blockBytes() : tensor.rowBytes();
        RotaryRowOrder order = new RotaryRowOrder(tensor.bytes(), tensor.name(), rowBytes, headDim);
        return new HostTensor(tensor.name(), tensor.type(), tensor.shape(), order);
    }

    @Override
    public ByteBuffer slice(long offset, int length) {
        Checks.argument(
                offset >= 0 && length >= 0 && offset % rowBytes == 0 && length % rowBytes == 0,
                () -> "slice of '" + tensor + "' is not made of whole rows: offset=" + offset + ", length=" + length
                        + ", rowBytes=" + rowBytes);
        ByteBuffer out = ByteBuffer.allocate(length);
        long row = offset / rowBytes;
        while (out.hasRemaining()) {
            out.put(source.slice(sourceRow(row) * rowBytes, rowBytes));
            row++;
        }
        return out.flip().asReadOnlyBuffer().order(ByteOrder.LITTLE_ENDIAN);
    }

    private long sourceRow(long row) {
        long head = row / headDim;
        long within = row % headDim;
        long half = within / (headDim / 2);
        long pair = within % (headDim / 2);
        return head * headDim + 2 * pair + half;
    }
}
