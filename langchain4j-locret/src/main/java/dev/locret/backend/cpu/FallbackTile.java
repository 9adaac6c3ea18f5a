package dev.locret.backend.cpu;

import static dev.locret.backend.cpu.FallbackLoops.TOGETHER;

import java.util.Arrays;

/**
 * Many rows times one panel, with the rows as the lanes. What HotSpot puts before and after a vectorised loop costs as
 * much as sixteen scalar steps or more: over the 64 outputs of a panel half of the time, over 256 rows little.
 */
final class FallbackTile {
    /** Most rows of a tile. */
    static final int ROWS = 256;
    /** Fewest rows that are worth a tile. */
    static final int LEAST = 48;
    /** Inputs at a time: with four arrays of sums they stay in a first-level cache of 48 KiB. */
    private static final int BLOCK = 32;

    private final int width;
    private final float[][] inputs = FallbackLoops.rows(BLOCK, ROWS);
    private final float[][] sums;

    /** @param width outputs of a panel, a multiple of four */
    FallbackTile(int width) {
        this.width = width;
        this.sums = FallbackLoops.rows(width, ROWS);
    }

    /**
     * As {@link Kernels#multiplyInputs} for one group of {@code rows} rows.
     *
     * @param a {@code [depth][ROWS]} from {@code from}
     * @param b panel {@code [depth][width]} from {@code bOffset}
     * @param c row 0 at {@code to}, the next {@code stride} further
     */
    void multiply(
            int rows,
            int depth,
            float[] a,
            int from,
            float[] b,
            int bOffset,
            float[] c,
            int to,
            int stride,
            boolean accumulate) {
        load(rows, c, to, stride, accumulate);
        for (int begin = 0; begin < depth; begin += BLOCK) {
            int count = Math.min(BLOCK, depth - begin);
            for (int k = 0; k < count; k++) {
                System.arraycopy(a, from + (begin + k) * ROWS, inputs[k], 0, rows);
            }
            for (int out = 0; out < width; out += TOGETHER) {
                addBlock(rows, count, b, bOffset + begin * width + out, out);
            }
        }
        for (int row = 0; row < rows; row++) {
            for (int out = 0; out < width; out++) {
                c[to + row * stride + out] = sums[out][row];
            }
        }
    }

    private void load(int rows, float[] c, int to, int stride, boolean accumulate) {
        for (int out = 0; out < width; out++) {
            if (accumulate) {
                for (int row = 0; row < rows; row++) {
                    sums[out][row] = c[to + row * stride + out];
                }
            } else {
                Arrays.fill(sums[out], 0, rows, 0f);
            }
        }
    }

    private void addBlock(int rows, int count, float[] b, int at, int out) {
        int k = 0;
        for (; k + 2 <= count; k += 2) {
            FallbackLoops.addTwo(
                    rows,
                    inputs[k],
                    inputs[k + 1],
                    b,
                    at + k * width,
                    1,
                    width,
                    sums[out],
                    sums[out + 1],
                    sums[out + 2],
                    sums[out + 3]);
        }
        for (; k < count; k++) {
            for (int i = 0; i < TOGETHER; i++) {
                FallbackLoops.addOne(rows, inputs[k], b[at + k * width + i], sums[out + i]);
            }
        }
    }
}
