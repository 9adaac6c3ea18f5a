package dev.locret.backend;

/**
 * Row-major view of floats in a buffer; how many rows count is said by each operation.
 *
 * @param buffer where the floats lie
 * @param offset element at which row 0 starts
 * @param columns elements of a row
 * @param stride elements from one row to the next
 */
public record Matrix(DeviceBuffer buffer, long offset, int columns, int stride) {
    /** All of {@code buffer} as rows of {@code columns}. */
    public static Matrix of(DeviceBuffer buffer, int columns) {
        return new Matrix(buffer, 0, columns, columns);
    }

    /** The view of {@code count} columns from {@code begin}. */
    public Matrix slice(int begin, int count) {
        return new Matrix(buffer, offset + begin, count, stride);
    }

    /** The view that starts {@code rows} rows further down. */
    public Matrix from(int rows) {
        return new Matrix(buffer, offset + (long) rows * stride, columns, stride);
    }
}
