package dev.locret.format;

import dev.locret.common.LocretException;
import dev.locret.tensor.DType;
import dev.locret.tensor.Shape;
import java.nio.file.Path;

/** Sizes of tensors as files declare them, in exact arithmetic. */
final class TensorSizes {
    private TensorSizes() {}

    /** Bytes of a tensor; the error names it when they do not exist as a number or a row passes 2 GiB. */
    static long bytes(String format, String name, DType type, Shape shape, Path path) {
        String what = "tensor " + FormatErrors.quote(name);
        long rowBytes;
        long size;
        try {
            shape.elements();
            rowBytes = type.bytes(shape.columns());
            size = Math.multiplyExact(shape.rows(), rowBytes);
        } catch (ArithmeticException e) {
            throw FormatErrors.damaged(
                    format, what + ": size overflows 63 bits: shape=" + shape + ", type=" + type, path);
        } catch (LocretException e) {
            throw FormatErrors.error(e.id(), format, what + ": " + e.getMessage(), path);
        }
        if (rowBytes > Integer.MAX_VALUE) {
            throw FormatErrors.unsupported(
                    format, what + " has rows of " + rowBytes + " bytes, allowed=" + Integer.MAX_VALUE, path);
        }
        return size;
    }
}
