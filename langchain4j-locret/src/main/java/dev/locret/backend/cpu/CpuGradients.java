package dev.locret.backend.cpu;

import dev.locret.backend.Matrix;

/**
 * The products of a backward pass. The gradient of a weight lies in the weight's own panels: an output's gradients over
 * the rows are then a panel {@code [rows][width]}, the inputs of a row are the rows of the product.
 */
final class CpuGradients {
    /** Rows of a batch that are taken at a time: a panel of them stays in a second-level cache. */
    private static final int ROW_BLOCK = 512;
    /** Inputs of a task where there are too few panels for all threads. */
    private static final int INPUT_BLOCK = 240;

    private final Kernels kernels;
    private final WorkerPool pool;
    private final int width;
    /** Inputs of a block: groups of them side by side, {@code [groups][rows][inputRows]}, then the others, transposed. */
    private final float[] inputs;

    private final float[][] panels;
    private final float[][] tiles;

    CpuGradients(Kernels kernels, WorkerPool pool, int maxInputs) {
        this.kernels = kernels;
        this.pool = pool;
        this.width = kernels.width();
        this.inputs = new float[Math.multiplyExact(ROW_BLOCK, maxInputs)];
        this.panels = new float[pool.threads()][ROW_BLOCK * width];
        this.tiles = new float[pool.threads()][ROW_BLOCK * width];
    }

    /** Bytes that the constructor allocates. */
    static long bytes(int maxInputs, int width, int threads) {
        return 4L * ROW_BLOCK * (maxInputs + 2L * threads * width);
    }

    void weight(Matrix in, int rows, Matrix outGradient, CpuWeight gradient, boolean accumulate) {
        int columns = gradient.columns();
        int group = kernels.inputRows();
        if (gradient.rows() * 2 <= width) {
            narrow(in, rows, outGradient, gradient, accumulate);
            return;
        }
        boolean few = gradient.panels() < 2 * pool.threads();
        int perTask = few ? CacheLayout.roundUp(INPUT_BLOCK, Math.max(1, group)) : columns;
        int parts = (columns + perTask - 1) / perTask;
        for (int begin = 0; begin < rows; begin += ROW_BLOCK) {
            int count = Math.min(ROW_BLOCK, rows - begin);
            int grouped = group == 0 ? 0 : columns / group * group;
            pack(in.from(begin), count, columns, grouped);
            Matrix out = outGradient.from(begin);
            boolean add = accumulate || begin > 0;
            pool.run(gradient.panels() * parts, (task, thread) -> {
                int panel = task / parts;
                int first = task % parts * perTask;
                int last = Math.min(columns, first + perTask);
                panel(out, count, panel * width, gradient.rows(), panels[thread]);
                product(count, first, last, grouped, panels[thread], gradient, panel, add);
            });
        }
    }

    /**
     * The gradient of a few outputs, which would leave most lanes of a panel empty: here a panel is that of the inputs, and
     * the outputs are the rows of the product.
     */
    private void narrow(Matrix in, int rows, Matrix outGradient, CpuWeight gradient, boolean accumulate) {
        int outputs = gradient.rows();
        for (int begin = 0; begin < rows; begin += ROW_BLOCK) {
            int count = Math.min(ROW_BLOCK, rows - begin);
            pack(outGradient.from(begin), count, outputs, 0);
            Matrix part = in.from(begin);
            boolean add = accumulate || begin > 0;
            pool.run((gradient.columns() + width - 1) / width, (task, thread) -> {
                int column = task * width;
                int lanes = Math.min(width, gradient.columns() - column);
                float[] b = panels[thread];
                float[] tile = tiles[thread];
                panel(part, count, column, gradient.columns(), b);
                kernels.multiply(outputs, count, inputs, 0, count, b, 0, tile, 0, width, false);
                for (int output = 0; output < outputs; output++) {
                    for (int lane = 0; lane < lanes; lane++) {
                        int at = (column + lane) * width + output;
                        float sum = tile[output * width + lane];
                        gradient.floats()[at] = add ? gradient.floats()[at] + sum : sum;
                    }
                }
            });
        }
    }

    /** Inputs {@code [first, last)} of a panel, the first of them the first of a group. */
    private void product(
            int rows, int first, int last, int grouped, float[] b, CpuWeight gradient, int panel, boolean add) {
        float[] c = gradient.floats();
        int at = panel * gradient.panelWords();
        int groupedEnd = Math.min(last, grouped);
        if (groupedEnd > first) {
            int stride = rows * kernels.inputRows();
            kernels.multiplyInputs(
                    groupedEnd - first, rows, inputs, first * rows, stride, b, 0, c, at + first * width, width, add);
        }
        int from = Math.max(first, grouped);
        if (last > from) {
            kernels.multiply(last - from, rows, inputs, from * rows, rows, b, 0, c, at + from * width, width, add);
        }
    }

    private void pack(Matrix in, int rows, int columns, int grouped) {
        float[] a = CpuBuffer.floats(in.buffer());
        int each = 64;
        int group = kernels.inputRows();
        pool.run((rows + each - 1) / each, (task, thread) -> {
            for (int row = task * each; row < Math.min(rows, (task + 1) * each); row++) {
                int from = Math.toIntExact(in.offset() + (long) row * in.stride());
                for (int column = 0; column < grouped; column += group) {
                    int to = column * rows + row * group;
                    for (int i = 0; i < group; i++) {
                        inputs[to + i] = a[from + column + i];
                    }
                }
                for (int column = grouped; column < columns; column++) {
                    inputs[column * rows + row] = a[from + column];
                }
            }
        });
    }

    /** Columns {@code [column, column + width)} of {@code rows} rows, those from {@code columns} on zero. */
    private void panel(Matrix matrix, int rows, int column, int columns, float[] out) {
        float[] a = CpuBuffer.floats(matrix.buffer());
        int count = Math.min(width, columns - column);
        for (int row = 0; row < rows; row++) {
            int from = Math.toIntExact(matrix.offset() + (long) row * matrix.stride() + column);
            System.arraycopy(a, from, out, row * width, count);
            for (int lane = count; lane < width; lane++) {
                out[row * width + lane] = 0;
            }
        }
    }

    void input(Matrix outGradient, int rows, CpuWeight weight, Matrix inGradient) {
        int outputs = weight.rows();
        int columns = weight.columns();
        int each = 64;
        pool.run((columns + width - 1) / width, (task, thread) -> {
            int column = task * width;
            int count = Math.min(width, columns - column);
            float[] b = panels[thread];
            float[] tile = tiles[thread];
            for (int first = 0; first < outputs; first += ROW_BLOCK) {
                int depth = Math.min(ROW_BLOCK, outputs - first);
                transposedPanel(weight, first, depth, column, count, b);
                for (int row = 0; row < rows; row += each) {
                    int block = Math.min(each, rows - row);
                    Matrix to = inGradient.from(row).slice(column, count);
                    load(to, block, tile, first > 0);
                    Matrix from = outGradient.from(row);
                    int at = Math.toIntExact(from.offset() + first);
                    float[] a = CpuBuffer.floats(from.buffer());
                    kernels.multiply(block, depth, a, at, from.stride(), b, 0, tile, 0, width, first > 0);
                    store(to, block, tile);
                }
            }
        });
    }

    /** {@code out[i][lane] = weight[first + i][column + lane]}. */
    private void transposedPanel(CpuWeight weight, int first, int depth, int column, int count, float[] out) {
        for (int i = 0; i < depth; i++) {
            int output = first + i;
            int at = output / width * weight.panelWords() + output % width;
            for (int lane = 0; lane < width; lane++) {
                out[i * width + lane] = lane < count ? weight.floats()[at + (column + lane) * width] : 0;
            }
        }
    }

    private void load(Matrix from, int rows, float[] tile, boolean wanted) {
        for (int row = 0; row < rows && wanted; row++) {
            int at = Math.toIntExact(from.offset() + (long) row * from.stride());
            System.arraycopy(CpuBuffer.floats(from.buffer()), at, tile, row * width, from.columns());
        }
    }

    private void store(Matrix to, int rows, float[] tile) {
        for (int row = 0; row < rows; row++) {
            int at = Math.toIntExact(to.offset() + (long) row * to.stride());
            System.arraycopy(tile, row * width, CpuBuffer.floats(to.buffer()), at, to.columns());
        }
    }
}
