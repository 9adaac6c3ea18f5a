package dev.locret.backend.cpu;

import dev.locret.backend.AttentionSpec;
import dev.locret.backend.AttentionSpec.PositionMode;
import dev.locret.backend.KvSegment;
import dev.locret.backend.KvSlice;
import dev.locret.backend.Matrix;
import java.util.List;

/**
 * Attention in the manner of flash attention: a task holds the queries of one KV head for a block of tokens, walks over
 * the cache in blocks of entries and keeps a running maximum and sum, so no matrix of tokens × entries exists. Keys of
 * the segment at hand are rotated once into scratch.
 */
final class CpuAttention {
    /** Query rows (tokens × group) of a task. */
    private static final int ROWS = 60;
    /** Entries of a block: the block of logits and the panels of values stay in the first two cache levels. */
    private static final int BLOCK = 128;

    private static final class Scratch {
        final float[] queries;
        final float[] logits;
        final float[] sums;
        final float[] rowMax;
        final float[] rowSum;

        Scratch(int rows, int headDim, int valueColumns) {
            queries = new float[rows * headDim];
            logits = new float[rows * BLOCK];
            sums = new float[rows * valueColumns];
            rowMax = new float[rows];
            rowSum = new float[rows];
        }
    }

    private final Kernels kernels;
    private final WorkerPool pool;
    private final AttentionSpec spec;
    private final int width;
    private final int tokensPerTask;
    private final CacheLayout scratchLayout;
    private final float[] rotated;
    private final Scratch[] scratch;

    CpuAttention(Kernels kernels, WorkerPool pool, AttentionSpec spec, int maxEntries) {
        this.kernels = kernels;
        this.pool = pool;
        this.spec = spec;
        this.width = kernels.width();
        this.tokensPerTask = tokensPerTask(spec);
        this.scratchLayout = CacheLayout.of(spec.headDim(), maxEntries, width);
        this.rotated = new float[Math.toIntExact(spec.kvHeads() * scratchLayout.keyFloats())];
        this.scratch = new Scratch[pool.threads()];
        for (int i = 0; i < scratch.length; i++) {
            scratch[i] = new Scratch(tokensPerTask * spec.groupSize(), spec.headDim(), scratchLayout.valueColumns());
        }
    }

    private static int tokensPerTask(AttentionSpec spec) {
        return Math.max(1, ROWS / spec.groupSize());
    }

    /** Bytes that the constructor allocates. */
    static long bytes(AttentionSpec spec, int maxEntries, int width, int threads) {
        CacheLayout layout = CacheLayout.of(spec.headDim(), maxEntries, width);
        long rows = (long) tokensPerTask(spec) * spec.groupSize();
        long each = rows * (spec.headDim() + BLOCK + layout.valueColumns() + 2L);
        return 4 * (spec.kvHeads() * layout.keyFloats() + threads * each);
    }

    void run(Matrix queries, CpuRotary rotary, List<KvSegment> segments, Matrix out) {
        for (KvSegment segment : segments) {
            rotateKeys(segment.cache(), rotary);
            int blocks = (segment.rows() + tokensPerTask - 1) / tokensPerTask;
            pool.run(spec.kvHeads() * blocks, (task, thread) -> {
                // The last tokens see most entries: they go first, so that threads end together.
                int first = (blocks - 1 - task / spec.kvHeads()) * tokensPerTask;
                int count = Math.min(tokensPerTask, segment.rows() - first);
                attend(queries, rotary, segment, task % spec.kvHeads(), first, count, out, scratch[thread]);
            });
        }
    }

    private void rotateKeys(KvSlice cache, CpuRotary rotary) {
        CacheLayout layout = CacheLayout.of(cache, width);
        float[] keys = CpuBuffer.floats(cache.keys());
        int perTask = Math.max(1, 512 / width);
        int chunks = (cache.longest() + perTask * width - 1) / (perTask * width);
        pool.run(cache.kvHeads() * chunks, (task, thread) -> {
            int head = task / chunks;
            int begin = task % chunks * perTask * width;
            int end = Math.min(cache.length(head), begin + perTask * width);
            for (int entry = begin; entry < end; entry += width) {
                int to = scratchLayout.key(head, entry);
                if (spec.positions() == PositionMode.CACHE) {
                    kernels.rotate(
                            keys,
                            layout.key(head, entry),
                            spec.headDim(),
                            rotary.dimensions(),
                            rotary.cosines(),
                            rotary.sines(),
                            rotary.stride(),
                            entry,
                            rotated,
                            to);
                } else {
                    rotateByText(cache, layout, keys, head, entry, rotary, to);
                }
            }
        });
    }

    private void rotateByText(
            KvSlice cache, CacheLayout layout, float[] keys, int head, int entry, CpuRotary rotary, int to) {
        int[] positions = CpuBuffer.ints(cache.positions());
        float[] row = new float[spec.headDim()];
        for (int lane = 0; lane < width && entry + lane < cache.length(head); lane++) {
            int from = layout.key(head, entry + lane);
            for (int j = 0; j < row.length; j++) {
                row[j] = keys[from + j * width];
            }
            int position = positions[head * cache.capacity() + entry + lane];
            rotary.rotateRow(row, 0, row.length, position, 1f, row, 0);
            for (int j = 0; j < row.length; j++) {
                rotated[to + lane + j * width] = row[j];
            }
        }
    }

    private void attend(
            Matrix queries,
            CpuRotary rotary,
            KvSegment segment,
            int head,
            int firstToken,
            int tokens,
            Matrix out,
            Scratch s) {
        KvSlice cache = segment.cache();
        int group = spec.groupSize();
        int rows = tokens * group;
        int before = cache.length(head) - segment.rows();
        loadQueries(queries, rotary, segment, head, firstToken, tokens, s);
        java.util.Arrays.fill(s.rowMax, 0, rows, Float.NEGATIVE_INFINITY);
        java.util.Arrays.fill(s.rowSum, 0, rows, 0f);
        int visible = before + firstToken + tokens;
        for (int begin = 0; begin < visible; begin += BLOCK) {
            int count = Math.min(BLOCK, visible - begin);
            for (int entry = 0; entry < count; entry += width) {
                kernels.multiply(
                        rows,
                        spec.headDim(),
                        s.queries,
                        0,
                        spec.headDim(),
                        rotated,
                        scratchLayout.key(head, begin + entry),
                        s.logits,
                        entry,
                        BLOCK,
                        false);
            }
            for (int row = 0; row < rows; row++) {
                int seen = Math.min(count, before + firstToken + row / group + 1 - begin);
                accumulateRow(s, row, seen, count, begin == 0);
            }
            addValues(cache, head, begin, count, rows, begin > 0, s);
        }
        store(segment, head, firstToken, rows, out, s);
    }

    private void loadQueries(
            Matrix queries, CpuRotary rotary, KvSegment segment, int head, int firstToken, int tokens, Scratch s) {
        float[] in = CpuBuffer.floats(queries.buffer());
        int group = spec.groupSize();
        int before = segment.cache().length(head) - segment.rows();
        for (int token = 0; token < tokens; token++) {
            int inSegment = firstToken + token;
            int position = (spec.positions() == PositionMode.CACHE ? before : segment.firstPosition()) + inSegment;
            long row = queries.offset() + (long) (segment.firstRow() + inSegment) * queries.stride();
            for (int g = 0; g < group; g++) {
                rotary.rotateRow(
                        in,
                        Math.toIntExact(row + (long) (head * group + g) * spec.headDim()),
                        spec.headDim(),
                        position,
                        spec.scale(),
                        s.queries,
                        (token * group + g) * spec.headDim());
            }
        }
    }

    /** Turns a row of logits into weights against the running maximum; what the row may not see weighs nothing. */
    private void accumulateRow(Scratch s, int row, int seen, int count, boolean first) {
        int at = row * BLOCK;
        int columns = s.sums.length / s.rowMax.length;
        int valid = Math.max(0, seen);
        if (valid > 0) {
            float max = Math.max(s.rowMax[row], kernels.max(s.logits, at, valid));
            float sum = kernels.exp(s.logits, at, valid, max);
            if (max > s.rowMax[row] && !first) {
                float factor = ExpApproximation.exp(s.rowMax[row] - max);
                s.rowSum[row] *= factor;
                kernels.scale(s.sums, row * columns, columns, factor);
            }
            s.rowSum[row] += sum;
            s.rowMax[row] = max;
        }
        java.util.Arrays.fill(s.logits, at + valid, at + count, 0f);
    }

    private void addValues(KvSlice cache, int head, int begin, int count, int rows, boolean accumulate, Scratch s) {
        CacheLayout layout = CacheLayout.of(cache, width);
        float[] values = CpuBuffer.floats(cache.values());
        for (int panel = 0; panel < layout.valuePanels(); panel++) {
            kernels.multiply(
                    rows,
                    count,
                    s.logits,
                    0,
                    BLOCK,
                    values,
                    layout.value(head, panel, begin),
                    s.sums,
                    panel * width,
                    layout.valueColumns(),
                    accumulate);
        }
    }

    private void store(KvSegment segment, int head, int firstToken, int rows, Matrix out, Scratch s) {
        float[] to = CpuBuffer.floats(out.buffer());
        int group = spec.groupSize();
        int columns = scratchLayout.valueColumns();
        for (int row = 0; row < rows; row++) {
            long outRow = segment.firstRow() + firstToken + (long) (row / group);
            long at = out.offset() + outRow * out.stride() + (long) (head * group + row % group) * spec.headDim();
            kernels.scale(s.sums, row * columns, spec.headDim(), 1f / s.rowSum[row]);
            System.arraycopy(s.sums, row * columns, to, Math.toIntExact(at), spec.headDim());
        }
    }
}
