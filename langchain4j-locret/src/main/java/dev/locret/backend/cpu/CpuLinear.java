package dev.locret.backend.cpu;

import dev.locret.backend.Backend;
import dev.locret.backend.Matrix;
import dev.locret.backend.Projection;
import java.util.Arrays;
import java.util.List;

/**
 * Products with packed weights. A task takes a few panels: for many rows it unpacks them to floats once and runs all
 * rows over them, so unpacking costs {@code 1 / rows} of the product; the rows of a decode step are multiplied with the
 * packed words, one by one.
 */
final class CpuLinear {
    /** Floats of unpacked panels that a task holds: with a block of rows they stay in a second-level cache. */
    private static final int PANEL_FLOATS = 48 * 1024;
    /** Rows that run over the panels before the next ones, unless the kernels want more side by side. */
    private static final int ROW_BLOCK = 120;
    /** Inputs that a task puts side by side: they and their lines of output stay in a first-level cache. */
    private static final int PACKED_COLUMNS = 64;

    private final Kernels kernels;
    private final WorkerPool pool;
    private final int width;
    private final float[][] panels;
    private final float[][] tiles;
    private final int inputRows;
    private final int rowBlock;
    private float[] inputs = {};

    CpuLinear(Kernels kernels, WorkerPool pool) {
        this.kernels = kernels;
        this.pool = pool;
        this.width = kernels.width();
        this.panels = new float[pool.threads()][PANEL_FLOATS];
        this.inputRows = kernels.inputRows();
        this.rowBlock = rowBlock(kernels);
        this.tiles = new float[pool.threads()][rowBlock * width];
    }

    private static int rowBlock(Kernels kernels) {
        return Math.max(ROW_BLOCK, kernels.inputRows());
    }

    /** Makes room for the inputs of a batch, side by side as the kernels want them. */
    void reserve(int maxRows, int maxInputs) {
        inputs = new float[Math.toIntExact(inputFloats(kernels, maxRows, maxInputs))];
    }

    private static long inputFloats(Kernels kernels, int rows, int inputs) {
        int group = kernels.inputRows();
        return group == 0 ? 0 : ((long) kernels.packedRows(rows) + group - 1) / group * group * inputs;
    }

    /** Bytes of scratch, those of {@link #reserve} included. */
    static long bytes(Kernels kernels, int threads, int maxRows, int maxInputs) {
        long each = PANEL_FLOATS + (long) rowBlock(kernels) * kernels.width();
        return 4 * (threads * each + inputFloats(kernels, maxRows, maxInputs));
    }

    void run(Matrix in, int rows, List<Projection> projections, boolean accumulate) {
        CpuWeight[] weights = new CpuWeight[projections.size()];
        int[] perTask = new int[weights.length];
        int[] firstTask = new int[weights.length + 1];
        for (int i = 0; i < weights.length; i++) {
            weights[i] = (CpuWeight) projections.get(i).weight();
            perTask[i] = perTask(rows, weights[i]);
            firstTask[i + 1] = firstTask[i] + (weights[i].panels() + perTask[i] - 1) / perTask[i];
        }
        if (rows <= Backend.STEP_ROWS) {
            pool.readAhead().begin(weights, perTask);
        } else {
            pool.readAhead().pause();
        }
        int packedRows = rows <= Backend.STEP_ROWS ? 0 : packInputs(in, rows);
        pool.run(firstTask[weights.length], (task, thread) -> {
            int i = 0;
            while (firstTask[i + 1] <= task) {
                i++;
            }
            Projection projection = projections.get(i);
            CpuWeight weight = weights[i];
            int first = (task - firstTask[i]) * perTask[i];
            int last = Math.min(weight.panels(), first + perTask[i]);
            if (rows <= Backend.STEP_ROWS) {
                for (int row = 0; row < rows; row++) {
                    row(in.from(row), projection, row, weight, first, last, accumulate, thread);
                }
            } else {
                for (int panel = first; panel < last; panel++) {
                    rows(in, rows, packedRows, projection, weight, panel, accumulate, thread);
                }
            }
        });
    }

    /** Puts the inputs of whole groups of rows side by side; returns how many rows those are. */
    private int packInputs(Matrix in, int rows) {
        int columns = in.columns();
        if (inputRows == 0 || inputFloats(kernels, rows, columns) > inputs.length) {
            return 0;
        }
        float[] a = CpuBuffer.floats(in.buffer());
        int packed = kernels.packedRows(rows);
        int parts = (columns + PACKED_COLUMNS - 1) / PACKED_COLUMNS;
        pool.run((packed + rowBlock - 1) / rowBlock * parts, (task, thread) -> {
            int first = task / parts * rowBlock;
            int begin = task % parts * PACKED_COLUMNS;
            int end = Math.min(columns, begin + PACKED_COLUMNS);
            for (int row = first; row < Math.min(packed, first + rowBlock); row++) {
                int from = Math.toIntExact(in.offset() + (long) row * in.stride());
                int to = row / inputRows * inputRows * columns + row % inputRows;
                for (int k = begin; k < end; k++) {
                    inputs[to + k * inputRows] = a[from + k];
                }
            }
        });
        return packed;
    }

    /**
     * Panels of a task: a few rows have little work a panel, so they take more of them, in pairs as the kernels do, but
     * not so many that a thread gets none.
     */
    private int perTask(int rows, CpuWeight weight) {
        if (rows > Backend.STEP_ROWS) {
            return Math.max(1, 32 / width);
        }
        int share = (weight.panels() + pool.threads() - 1) / pool.threads();
        return Math.min(Math.max(1, 128 / width), (share + 1) / 2 * 2);
    }

    private void rows(
            Matrix in,
            int rows,
            int packedRows,
            Projection projection,
            CpuWeight weight,
            int panel,
            boolean accumulate,
            int thread) {
        float[] a = CpuBuffer.floats(in.buffer());
        int size = weight.format().groupSize();
        int blockGroups = PANEL_FLOATS / (size * width);
        for (int group = 0; group < weight.groups(); group += blockGroups) {
            int groups = Math.min(blockGroups, weight.groups() - group);
            int from = panel * weight.panelWords() + group * weight.format().groupWords() * width;
            boolean plain = weight.floats() != null;
            float[] b = plain ? weight.floats() : panels[thread];
            int bOffset = plain ? from : 0;
            if (!plain) {
                kernels.unpack(weight.format(), weight.words(), from, groups, b);
            }
            int depth = Math.min(groups * size, weight.columns() - group * size);
            boolean first = group == 0;
            boolean add = accumulate || !first;
            for (int row = 0; row < rows; row += rowBlock) {
                int count = Math.min(rowBlock, rows - row);
                int packed = Math.max(0, Math.min(count, packedRows - row));
                int at = row * in.columns() + group * size * inputRows;
                int stride = inputRows * in.columns();
                int aOffset = Math.toIntExact(in.offset() + (long) (row + packed) * in.stride() + (long) group * size);
                tile(count, projection, panel, row, first, add, thread, (c, cOffset, cStride, sum) -> {
                    if (packed > 0) {
                        kernels.multiplyInputs(packed, depth, inputs, at, stride, b, bOffset, c, cOffset, cStride, sum);
                    }
                    int to = cOffset + packed * cStride;
                    kernels.multiply(count - packed, depth, a, aOffset, in.stride(), b, bOffset, c, to, cStride, sum);
                });
            }
        }
    }

    /** Writes a block of rows times a panel to {@code c}, or adds it. */
    private interface Product {
        void into(float[] c, int cOffset, int cStride, boolean add);
    }

    /**
     * @param first whether the product is the first that goes to {@code out}, which the bias goes with
     * @param add whether the product is added to what {@code out} holds
     */
    private void tile(
            int rows,
            Projection projection,
            int panel,
            int row,
            boolean first,
            boolean add,
            int thread,
            Product product) {
        Matrix out = projection.out();
        float[] c = CpuBuffer.floats(out.buffer());
        int cOffset = Math.toIntExact(out.offset() + (long) row * out.stride() + (long) panel * width);
        int columns = Math.min(width, projection.weight().rows() - panel * width);
        if (projection.bias() != null && first) {
            float[] bias = CpuBuffer.floats(projection.bias());
            for (int r = 0; r < rows; r++) {
                start(bias, panel * width, c, cOffset + r * out.stride(), columns, add);
            }
            add = true;
        }
        if (columns == width) {
            product.into(c, cOffset, out.stride(), add);
            return;
        }
        float[] tile = tiles[thread];
        for (int r = 0; r < rows && add; r++) {
            System.arraycopy(c, cOffset + r * out.stride(), tile, r * width, columns);
        }
        product.into(tile, 0, width, add);
        for (int r = 0; r < rows; r++) {
            System.arraycopy(tile, r * width, c, cOffset + r * out.stride(), columns);
        }
    }

    /** Puts a part of the bias where the product is added to then, or adds it. */
    private static void start(float[] bias, int from, float[] c, int at, int columns, boolean add) {
        if (!add) {
            System.arraycopy(bias, from, c, at, columns);
            return;
        }
        for (int i = 0; i < columns; i++) {
            c[at + i] += bias[from + i];
        }
    }

    private void row(
            Matrix in,
            Projection projection,
            int row,
            CpuWeight weight,
            int first,
            int last,
            boolean accumulate,
            int thread) {
        float[] a = CpuBuffer.floats(in.buffer());
        int aOffset = Math.toIntExact(in.offset());
        Matrix out = projection.out().from(row);
        float[] c = CpuBuffer.floats(out.buffer());
        int cOffset = Math.toIntExact(out.offset()) + first * width;
        int columns = Math.min(last * width, weight.rows()) - first * width;
        float[] tile = tiles[thread];
        if (accumulate) {
            System.arraycopy(c, cOffset, tile, 0, columns);
        } else {
            Arrays.fill(tile, 0, columns, 0f);
        }
        if (projection.bias() != null) {
            start(CpuBuffer.floats(projection.bias()), first * width, tile, 0, columns, accumulate);
        }
        if (weight.floats() != null) {
            for (int panel = first; panel < last; panel++) {
                kernels.multiply(
                        1,
                        weight.columns(),
                        a,
                        aOffset,
                        0,
                        weight.floats(),
                        panel * weight.panelWords(),
                        tile,
                        (panel - first) * width,
                        0,
                        true);
            }
        } else {
            kernels.multiplyPacked(
                    weight.format(),
                    weight.words(),
                    first * weight.panelWords(),
                    last - first,
                    weight.panelWords(),
                    weight.groups(),
                    a,
                    aOffset,
                    tile,
                    0,
                    panels[thread]);
        }
        System.arraycopy(tile, 0, c, cOffset, columns);
    }
}
