package dev.locret.backend.cpu;

import dev.locret.backend.AttentionPeak;
import dev.locret.backend.AttentionSpec;
import dev.locret.backend.KvSlice;
import dev.locret.backend.Matrix;

/**
 * What a token's output would change if an entry were evicted. Without it the other weights grow by {@code 1 / (1 - p)}, so
 * the output of a query head moves by {@code p / (1 - p) · (o - v)}; its square in the residual stream is that of
 * {@code p / (1 - p)} times {@code vᵀGv - 2 vᵀGo + oᵀGo} with {@code G = W_Oᵀ W_O}: one more product of the shape of queries
 * and keys, and one of the shape of weights and values. Squares are compared, and the logarithm is taken of the largest.
 */
final class EvictionErrors {
    /** Smallest share of the sum of weights that other entries are taken to have: of a weight that rounds to all. */
    private static final float OTHERS = 1e-6f;

    private final Kernels kernels;
    private final AttentionSpec spec;
    private final int width;
    private final RotatedKeys layout;
    /** Values as panels of entries, laid out like rotated keys. */
    private final float[] values;
    /** {@code vᵀGv}, {@code [heads][capacity]}. */
    private final float[] squares;

    private final int columns;
    private final float[][] outputs;
    private final float[][] projected;
    private final float[][] crosses;
    private final float[][] weights;
    private final float[][] panels;

    /** @param rows query rows of a task */
    EvictionErrors(Kernels kernels, AttentionSpec spec, RotatedKeys layout, int rows, int threads) {
        this.kernels = kernels;
        this.spec = spec;
        this.width = kernels.width();
        this.layout = layout;
        this.values = new float[Math.toIntExact(spec.kvHeads() * layout.floats())];
        this.squares = new float[Math.multiplyExact(spec.heads(), layout.capacity())];
        this.columns = CacheLayout.roundUp(spec.headDim(), width);
        this.outputs = new float[threads][rows * columns];
        this.projected = new float[threads][rows * spec.headDim()];
        this.crosses = new float[threads][Math.multiplyExact(rows, layout.capacity())];
        this.weights = new float[threads][Math.multiplyExact(rows, layout.capacity())];
        this.panels = new float[threads][spec.headDim() * width];
    }

    /** Bytes that the constructor allocates. */
    static long bytes(AttentionSpec spec, RotatedKeys layout, int rows, int width, int threads) {
        long row = CacheLayout.roundUp(spec.headDim(), width) + spec.headDim() + 2L * layout.capacity();
        long shared = spec.kvHeads() * layout.floats() + (long) spec.heads() * layout.capacity();
        return 4 * (shared + threads * (rows * row + (long) spec.headDim() * width));
    }

    /**
     * Lays out the values of entries {@code [begin, end)} of a KV head and takes their norms.
     *
     * @param begin a multiple of the kernels' width
     */
    void prepare(KvSlice cache, Matrix grams, int head, int begin, int end, int thread) {
        CacheLayout from = CacheLayout.of(cache, width);
        float[] cached = CpuBuffer.floats(cache.values());
        for (int entry = begin; entry < end; entry++) {
            int to = layout.panel(head, entry / width * width) + entry % width;
            for (int j = 0; j < spec.headDim(); j++) {
                values[to + j * width] = cached[from.value(head, j / width, entry) + j % width];
            }
        }
        for (int query = head * spec.groupSize(); query < (head + 1) * spec.groupSize(); query++) {
            for (int entry = begin; entry < end; entry += width) {
                squares(grams, query, layout.panel(head, entry), entry, panels[thread]);
            }
        }
    }

    private void squares(Matrix grams, int query, int panel, int entry, float[] product) {
        int dim = spec.headDim();
        float[] gram = CpuBuffer.floats(grams.buffer());
        kernels.multiply(dim, dim, gram, gram(grams, query), grams.stride(), values, panel, product, 0, width, false);
        int at = query * layout.capacity() + entry;
        for (int lane = 0; lane < width; lane++) {
            float square = 0;
            for (int j = 0; j < dim; j++) {
                square = Math.fma(product[j * width + lane], values[panel + j * width + lane], square);
            }
            squares[at + lane] = square;
        }
    }

    private int gram(Matrix grams, int query) {
        return Math.toIntExact(grams.offset() + (long) query * spec.headDim() * grams.stride());
    }

    /**
     * Raises the largest squares of a head's entries.
     *
     * @param logits {@code [rows][capacity]}; rows are tokens × group
     * @param seen entries that each row sees
     * @param entries first entries that count
     * @param largest from {@code to}
     */
    void raise(
            KvSlice cache,
            Matrix grams,
            int head,
            int[] seen,
            float[] logits,
            int entries,
            float[] largest,
            int to,
            int thread) {
        int stride = layout.capacity();
        float[] sums = new float[seen.length];
        float[] own = weights[thread];
        int visible = 0;
        for (int row = 0; row < seen.length; row++) {
            visible = Math.max(visible, seen[row]);
        }
        for (int row = 0; row < seen.length; row++) {
            int at = row * stride;
            float max = kernels.max(logits, at, seen[row]);
            System.arraycopy(logits, at, own, at, seen[row]);
            sums[row] = kernels.exp(own, at, seen[row], max);
            java.util.Arrays.fill(own, at + seen[row], at + visible, 0f);
        }
        outputs(cache, head, seen.length, visible, thread);
        int group = spec.groupSize();
        float[] norms = new float[seen.length];
        for (int row = 0; row < seen.length; row++) {
            norms[row] = project(grams, head * group + row % group, row, 1 / sums[row], thread);
        }
        int needed = Math.min(entries, visible);
        for (int entry = 0; entry < needed; entry += width) {
            int panel = layout.panel(head, entry);
            kernels.multiply(
                    seen.length,
                    spec.headDim(),
                    projected[thread],
                    0,
                    spec.headDim(),
                    values,
                    panel,
                    crosses[thread],
                    entry,
                    stride,
                    false);
        }
        for (int row = 0; row < seen.length; row++) {
            int at = row * stride;
            int norm = (head * group + row % group) * stride;
            int count = Math.min(entries, seen[row]);
            raise(own, at, sums[row], crosses[thread], norm, norms[row], count, largest, to);
        }
    }

    private void raise(
            float[] own, int at, float sum, float[] cross, int square, float norm, int count, float[] largest, int to) {
        float least = OTHERS * sum;
        for (int i = 0; i < count; i++) {
            float odds = own[at + i] / Math.max(sum - own[at + i], least);
            float distance = Math.max(0, squares[square + i] - 2 * cross[at + i] + norm);
            largest[to + i] = Math.max(largest[to + i], odds * odds * distance);
        }
    }

    private void outputs(KvSlice cache, int head, int rows, int visible, int thread) {
        CacheLayout from = CacheLayout.of(cache, width);
        float[] cached = CpuBuffer.floats(cache.values());
        for (int panel = 0; panel < from.valuePanels(); panel++) {
            kernels.multiply(
                    rows,
                    visible,
                    weights[thread],
                    0,
                    layout.capacity(),
                    cached,
                    from.value(head, panel, 0),
                    outputs[thread],
                    panel * width,
                    columns,
                    false);
        }
    }

    /** Sets the row's {@code Go} and returns {@code oᵀGo}. */
    private float project(Matrix grams, int query, int row, float factor, int thread) {
        int dim = spec.headDim();
        float[] gram = CpuBuffer.floats(grams.buffer());
        int first = gram(grams, query);
        float[] out = outputs[thread];
        kernels.scale(out, row * columns, dim, factor);
        float norm = 0;
        for (int i = 0; i < dim; i++) {
            float sum = 0;
            for (int j = 0; j < dim; j++) {
                sum = Math.fma(gram[first + i * grams.stride() + j], out[row * columns + j], sum);
            }
            projected[thread][row * dim + i] = sum;
            norm = Math.fma(sum, out[row * columns + i], norm);
        }
        return norm;
    }

    /** The label of a largest square. */
    static float logarithm(float square) {
        return Math.max(AttentionPeak.FLOOR, (float) (0.5 * Math.log(square)));
    }
}
