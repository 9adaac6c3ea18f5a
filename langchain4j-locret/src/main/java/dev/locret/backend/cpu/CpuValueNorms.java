package dev.locret.backend.cpu;

import dev.locret.backend.KvSlice;

/** Squared norms of what the entries of a KV head can add to the output, by a Gram matrix. Scratch of one thread. */
final class CpuValueNorms {
    /** Values that are multiplied at once. */
    private static final int ROWS = 60;

    private final Kernels kernels;
    private final int width;
    private final CacheReader reader;
    private final float[] values;
    private final float[] products;
    private final float[] squares;

    CpuValueNorms(Kernels kernels, CacheReader reader, int maxEntries, int headDim) {
        this.kernels = kernels;
        this.width = kernels.width();
        this.reader = reader;
        this.values = new float[ROWS * headDim];
        this.products = new float[ROWS * CacheLayout.roundUp(headDim, width)];
        this.squares = new float[maxEntries];
    }

    /** Bytes that the constructor allocates. */
    static long bytes(int maxEntries, int headDim, int width) {
        return 4L * (maxEntries + (long) ROWS * (headDim + CacheLayout.roundUp(headDim, width)));
    }

    /** The squared norm of each entry; valid until the next use. */
    float[] squares(KvSlice cache, int head, CpuWeight gram) {
        int dim = cache.headDim();
        int columns = CacheLayout.roundUp(dim, width);
        for (int begin = 0; begin < cache.length(head); begin += ROWS) {
            int rows = Math.min(ROWS, cache.length(head) - begin);
            reader.values(cache, head, begin, rows);
            for (int row = 0; row < rows; row++) {
                for (int panel = 0; panel * width < dim; panel++) {
                    int count = Math.min(width, dim - panel * width);
                    int from = reader.offset() + panel * reader.panelStride() + row * width;
                    System.arraycopy(reader.floats(), from, values, row * dim + panel * width, count);
                }
            }
            for (int panel = 0; panel < gram.panels(); panel++) {
                kernels.multiply(
                        rows,
                        dim,
                        values,
                        0,
                        dim,
                        gram.floats(),
                        panel * gram.panelWords(),
                        products,
                        panel * width,
                        columns,
                        false);
            }
            for (int row = 0; row < rows; row++) {
                float square = 0;
                for (int j = 0; j < dim; j++) {
                    square = Math.fma(values[row * dim + j], products[row * columns + j], square);
                }
                // Rounding can make the square of a vanishing value negative.
                squares[begin + row] = Math.max(0, square);
            }
        }
        return squares;
    }
}
