package dev.locret.tensor;

import dev.locret.common.ErrorId;
import dev.locret.common.LocretException;
import java.util.Arrays;

/** Extents of a tensor, slowest first: a linear layer's weight is {@code [outputs, inputs]}. */
public record Shape(long... dims) {
    public Shape {
        dims = dims.clone();
    }

    public static Shape of(long... dims) {
        return new Shape(dims);
    }

    @Override
    public long[] dims() {
        return dims.clone();
    }

    public int rank() {
        return dims.length;
    }

    public long dim(int axis) {
        return dims[axis];
    }

    /** Last extent: the length of a row. */
    public long columns() {
        return dims.length == 0 ? 1 : dims[dims.length - 1];
    }

    /** Product of all extents but the last. */
    public long rows() {
        return product(dims.length - 1);
    }

    /**
     * Number of elements, in exact arithmetic.
     *
     * @throws LocretException if an extent is negative or the product exceeds 63 bits
     */
    public long elements() {
        return product(dims.length);
    }

    private long product(int count) {
        long product = 1;
        try {
            for (int i = 0; i < count; i++) {
                if (dims[i] < 0) {
                    throw new LocretException(ErrorId.FILE_DAMAGED, "negative extent in shape " + this);
                }
                product = Math.multiplyExact(product, dims[i]);
            }
        } catch (ArithmeticException e) {
            throw new LocretException(ErrorId.FILE_DAMAGED, "number of elements overflows 63 bits: shape " + this, e);
        }
        return product;
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof Shape shape && Arrays.equals(dims, shape.dims);
    }

    @Override
    public int hashCode() {
        return Arrays.hashCode(dims);
    }

    @Override
    public String toString() {
        return Arrays.toString(dims);
    }
}
