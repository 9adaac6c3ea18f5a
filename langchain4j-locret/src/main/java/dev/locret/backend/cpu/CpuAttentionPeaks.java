package dev.locret.backend.cpu;

import dev.locret.backend.AttentionPeak;
import dev.locret.backend.AttentionSpec;
import dev.locret.backend.KvSegment;
import dev.locret.backend.KvSlice;
import dev.locret.backend.Matrix;
import java.util.Arrays;

/**
 * The largest attention that some tokens give to each entry. A task takes a few tokens of a KV head and multiplies their
 * queries with all keys that they see; each thread keeps largest values of its own, put together at the end.
 */
final class CpuAttentionPeaks {
    /** Query rows (tokens × group) of a task: enough to use what is read of the keys. */
    private static final int ROWS = 24;
    /** Entries whose keys a task rotates. */
    private static final int ROTATED = 256;

    private final Kernels kernels;
    private final WorkerPool pool;
    private final CacheReader[] readers;
    private final AttentionSpec spec;
    private final int width;
    private final KeyRotation keyRotation;
    private final QueryRotation queryRotation;
    private final int tokensPerTask;
    private final RotatedKeys layout;
    private final float[] rotated;
    private final float[][] queries;
    private final float[][] logits;
    private final float[][] weights;
    /** Largest values of each thread, {@code [kvHeads][capacity]}. */
    private final float[][] largest;

    private final EvictionErrors errors;

    CpuAttentionPeaks(Kernels kernels, WorkerPool pool, AttentionSpec spec, int maxEntries) {
        this.kernels = kernels;
        this.pool = pool;
        this.readers = CacheReader.of(kernels, pool, spec.headDim());
        this.spec = spec;
        this.width = kernels.width();
        this.keyRotation = new KeyRotation(kernels, spec);
        this.queryRotation = new QueryRotation(spec);
        this.tokensPerTask = tokensPerTask(spec);
        this.layout = RotatedKeys.of(spec.headDim(), maxEntries, width);
        this.rotated = new float[Math.toIntExact(spec.kvHeads() * layout.floats())];
        int rows = tokensPerTask * spec.groupSize();
        this.queries = new float[pool.threads()][rows * spec.headDim()];
        this.logits = new float[pool.threads()][Math.multiplyExact(rows, layout.capacity())];
        this.weights = new float[pool.threads()][layout.capacity()];
        this.errors = new EvictionErrors(kernels, spec, layout, rows, pool.threads());
        this.largest = new float[pool.threads()][Math.multiplyExact(spec.kvHeads(), layout.capacity())];
    }

    private static int tokensPerTask(AttentionSpec spec) {
        return Math.max(1, ROWS / spec.groupSize());
    }

    /** Bytes that the constructor allocates. */
    static long bytes(AttentionSpec spec, int maxEntries, int width, int threads) {
        RotatedKeys layout = RotatedKeys.of(spec.headDim(), maxEntries, width);
        long rows = (long) tokensPerTask(spec) * spec.groupSize();
        long thread = rows * spec.headDim() + (rows + 1 + spec.kvHeads()) * layout.capacity();
        return 4 * (spec.kvHeads() * layout.floats() + threads * thread)
                + EvictionErrors.bytes(spec, layout, (int) rows, width, threads)
                + CacheReader.bytes(spec.headDim(), width, threads);
    }

    void run(
            Matrix in,
            CpuRotary rotary,
            KvSegment segment,
            int[] rows,
            AttentionPeak kind,
            Matrix grams,
            int entries,
            int distance,
            Matrix peaks,
            boolean first) {
        boolean squares = kind == AttentionPeak.EVICTION_ERROR;
        prepare(segment.cache(), rotary, grams);
        for (float[] each : largest) {
            Arrays.fill(each, squares ? 0 : Float.NEGATIVE_INFINITY);
        }
        int blocks = (rows.length + tokensPerTask - 1) / tokensPerTask;
        pool.run(spec.kvHeads() * blocks, (task, thread) -> {
            int head = task % spec.kvHeads();
            int from = task / spec.kvHeads() * tokensPerTask;
            int to = Math.min(rows.length, from + tokensPerTask);
            for (int i = from; i < to; i++) {
                int at = (i - from) * spec.groupSize() * spec.headDim();
                queryRotation.rotate(in, rotary, segment, head, rows[i], queries[thread], at);
            }
            block(segment, head, Arrays.copyOfRange(rows, from, to), kind, grams, entries, distance, thread);
        });
        store(entries, squares, peaks, first);
    }

    private void prepare(KvSlice cache, CpuRotary rotary, Matrix grams) {
        int parts = (cache.longest() + ROTATED - 1) / ROTATED;
        pool.run(cache.kvHeads() * parts, (task, thread) -> {
            int head = task / parts;
            int begin = task % parts * ROTATED;
            int end = Math.min(cache.length(head), begin + ROTATED);
            int to = layout.panel(head, begin);
            keyRotation.rotate(cache, rotary, head, begin, end, readers[thread], rotated, to);
            if (grams != null) {
                errors.prepare(cache, grams, head, begin, end, thread);
            }
        });
    }

    private void block(
            KvSegment segment,
            int head,
            int[] tokens,
            AttentionPeak kind,
            Matrix grams,
            int entries,
            int distance,
            int thread) {
        int before = segment.cache().length(head) - segment.rows();
        int group = spec.groupSize();
        int visible = before + tokens[tokens.length - 1] + 1;
        int needed = kind == AttentionPeak.LOGIT ? Math.min(entries, visible) : visible;
        int stride = layout.capacity();
        for (int entry = 0; entry < needed; entry += width) {
            kernels.multiply(
                    tokens.length * group,
                    spec.headDim(),
                    queries[thread],
                    0,
                    spec.headDim(),
                    rotated,
                    layout.panel(head, entry),
                    logits[thread],
                    entry,
                    stride,
                    false);
        }
        if (kind == AttentionPeak.EVICTION_ERROR) {
            int[] seen = new int[tokens.length * group];
            Arrays.setAll(seen, row -> before + tokens[row / group] + 1);
            errors.raise(
                    segment.cache(),
                    grams,
                    head,
                    seen,
                    logits[thread],
                    entries,
                    distance,
                    largest[thread],
                    head * stride,
                    thread);
            return;
        }
        for (int row = 0; row < tokens.length * group; row++) {
            int seen = before + tokens[row / group] + 1;
            float shift = kind == AttentionPeak.LOGIT ? 0 : logSum(thread, row * stride, seen);
            raise(
                    largest[thread],
                    head * stride,
                    logits[thread],
                    row * stride,
                    Math.min(entries, seen - distance),
                    shift);
        }
    }

    /** Logarithm of the sum of exponentials. */
    private float logSum(int thread, int at, int count) {
        float max = kernels.max(logits[thread], at, count);
        System.arraycopy(logits[thread], at, weights[thread], 0, count);
        return max + (float) Math.log(kernels.exp(weights[thread], 0, count, max));
    }

    private static void raise(float[] largest, int to, float[] values, int from, int count, float shift) {
        for (int i = 0; i < count; i++) {
            largest[to + i] = Math.max(largest[to + i], values[from + i] - shift);
        }
    }

    private void store(int entries, boolean squares, Matrix peaks, boolean first) {
        float[] out = CpuBuffer.floats(peaks.buffer());
        for (int entry = 0; entry < entries; entry++) {
            int at = Math.toIntExact(peaks.offset() + (long) entry * peaks.stride());
            for (int head = 0; head < spec.kvHeads(); head++) {
                float peak = Float.NEGATIVE_INFINITY;
                for (float[] each : largest) {
                    peak = Math.max(peak, each[head * layout.capacity() + entry]);
                }
                peak = squares ? EvictionErrors.logarithm(peak) : peak;
                out[at + head] = first ? peak : Math.max(peak, out[at + head]);
            }
        }
    }
}
