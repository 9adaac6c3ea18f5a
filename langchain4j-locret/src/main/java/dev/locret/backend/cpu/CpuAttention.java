package dev.locret.backend.cpu;

import dev.locret.backend.AttentionSpec;
import dev.locret.backend.Backend;
import dev.locret.backend.KvSegment;
import dev.locret.backend.KvSlice;
import dev.locret.backend.Matrix;
import java.util.Arrays;
import java.util.List;

/**
 * Attention in the manner of flash attention: a task holds the queries of one KV head for a block of tokens, walks over
 * the cache in blocks of entries and keeps a running maximum and sum, so no matrix of tokens × entries exists. Keys of
 * the segment at hand are rotated once into scratch.
 *
 * <p>A decode step has too few queries for that: there a task takes a part of the entries, rotates the keys of a block just
 * before it reads them and leaves a partial result, and the parts are put together at the end.
 */
final class CpuAttention {
    /** Query rows (tokens × group) of a task. */
    private static final int ROWS = 60;
    /** Entries of a block: the block of logits and the panels of values stay in the first two cache levels. */
    private static final int BLOCK = CacheReader.BLOCK;

    /** Entries of a part in a decode step: fixed, so that a result depends on nothing but its own cache. */
    private static final int PART = 256;

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
    private final CacheReader[] readers;
    private final AttentionSpec spec;
    private final int width;
    private final int tokensPerTask;
    /** Head dimension rounded up to whole panels of values. */
    private final int valueColumns;

    private final RotatedKeys rotatedLayout;
    private final float[] rotated;
    private final Scratch[] scratch;
    private final KeyRotation rotation;
    private final QueryRotation queryRotation;
    /** Rotated keys of the block at hand in a decode step, of each thread. */
    private final float[][] blocks;
    /** Results of a decode step's parts: as many as parts of the fullest cache in all heads. */
    private final Scratch[] parts;

    /**
     * @param readers one for each thread
     */
    CpuAttention(Kernels kernels, WorkerPool pool, CacheReader[] readers, AttentionSpec spec, int maxEntries) {
        this.kernels = kernels;
        this.pool = pool;
        this.readers = readers;
        this.spec = spec;
        this.width = kernels.width();
        this.tokensPerTask = tokensPerTask(spec);
        this.valueColumns = CacheLayout.roundUp(spec.headDim(), width);
        this.rotatedLayout = RotatedKeys.of(spec.headDim(), maxEntries, width);
        this.rotated = new float[Math.toIntExact(spec.kvHeads() * rotatedLayout.floats())];
        this.scratch = new Scratch[pool.threads()];
        Arrays.setAll(scratch, i -> newScratch(tokensPerTask));
        this.rotation = new KeyRotation(kernels, spec);
        this.queryRotation = new QueryRotation(spec);
        this.blocks = new float[pool.threads()][BLOCK * spec.headDim()];
        this.parts = new Scratch[spec.kvHeads() * parts(maxEntries)];
        Arrays.setAll(parts, i -> newScratch(stepTokens(spec)));
    }

    private Scratch newScratch(int tokens) {
        return new Scratch(tokens * spec.groupSize(), spec.headDim(), valueColumns);
    }

    private static int parts(int entries) {
        return (entries + PART - 1) / PART;
    }

    /** New tokens up to which a segment is read in parts. */
    private static int stepTokens(AttentionSpec spec) {
        return Math.min(Backend.STEP_ROWS, tokensPerTask(spec));
    }

    private static int tokensPerTask(AttentionSpec spec) {
        return Math.max(1, ROWS / spec.groupSize());
    }

    /** Bytes that the constructor allocates. */
    static long bytes(AttentionSpec spec, int maxEntries, int width, int threads) {
        long row = spec.groupSize() * (spec.headDim() + BLOCK + CacheLayout.roundUp(spec.headDim(), width) + 2L);
        long rows = (long) threads * tokensPerTask(spec) + (long) spec.kvHeads() * parts(maxEntries) * stepTokens(spec);
        long blocks = (long) threads * BLOCK * spec.headDim();
        return 4
                * (spec.kvHeads()
                                * RotatedKeys.of(spec.headDim(), maxEntries, width)
                                        .floats()
                        + blocks
                        + rows * row);
    }

    void run(Matrix queries, CpuRotary rotary, List<KvSegment> segments, Matrix out, Matrix logSums) {
        for (KvSegment segment : segments) {
            if (segment.rows() <= stepTokens(spec)) {
                step(queries, rotary, segment, out, logSums);
                continue;
            }
            rotateKeys(segment.cache(), rotary);
            int blocks = (segment.rows() + tokensPerTask - 1) / tokensPerTask;
            pool.run(spec.kvHeads() * blocks, (task, thread) -> {
                // The last tokens see most entries: they go first, so that threads end together.
                int first = (blocks - 1 - task / spec.kvHeads()) * tokensPerTask;
                int count = Math.min(tokensPerTask, segment.rows() - first);
                int head = task % spec.kvHeads();
                int visible = segment.cache().length(head) - segment.rows() + first + count;
                Scratch s = scratch[thread];
                attend(queries, rotary, segment, head, first, count, 0, visible, readers[thread], null, s);
                store(segment, head, first, count, out, logSums, s);
            });
        }
    }

    private void step(Matrix queries, CpuRotary rotary, KvSegment segment, Matrix out, Matrix logSums) {
        KvSlice cache = segment.cache();
        int each = parts(cache.longest());
        pool.run(spec.kvHeads() * each, (task, thread) -> {
            int head = task / each;
            int begin = task % each * PART;
            int end = Math.min(cache.length(head), begin + PART);
            CacheReader reader = readers[thread];
            attend(queries, rotary, segment, head, 0, segment.rows(), begin, end, reader, blocks[thread], parts[task]);
        });
        for (int head = 0; head < spec.kvHeads(); head++) {
            for (int part = 1; part < each; part++) {
                join(parts[head * each], parts[head * each + part], segment.rows() * spec.groupSize());
            }
            store(segment, head, 0, segment.rows(), out, logSums, parts[head * each]);
        }
    }

    /** Adds the result of a further part: both are brought to the larger of their maxima. */
    private void join(Scratch to, Scratch from, int rows) {
        int columns = valueColumns;
        for (int row = 0; row < rows; row++) {
            float max = Math.max(to.rowMax[row], from.rowMax[row]);
            float keep = ExpApproximation.exp(to.rowMax[row] - max);
            float add = ExpApproximation.exp(from.rowMax[row] - max);
            for (int i = row * columns; i < (row + 1) * columns; i++) {
                to.sums[i] = to.sums[i] * keep + from.sums[i] * add;
            }
            to.rowSum[row] = to.rowSum[row] * keep + from.rowSum[row] * add;
            to.rowMax[row] = max;
        }
    }

    private void rotateKeys(KvSlice cache, CpuRotary rotary) {
        int chunks = parts(cache.longest());
        pool.run(cache.kvHeads() * chunks, (task, thread) -> {
            int head = task / chunks;
            int begin = task % chunks * PART;
            int end = Math.min(cache.length(head), begin + PART);
            int to = rotatedLayout.panel(head, begin);
            rotation.rotate(cache, rotary, head, begin, end, readers[thread], rotated, to);
        });
    }

    /**
     * Leaves the weighted values of entries {@code [from, to)} in {@code s}, with the maxima and sums of the rows.
     *
     * @param block room for the rotated keys of a block, or null if all keys have been rotated
     */
    private void attend(
            Matrix queries,
            CpuRotary rotary,
            KvSegment segment,
            int head,
            int firstToken,
            int tokens,
            int from,
            int to,
            CacheReader reader,
            float[] block,
            Scratch s) {
        KvSlice cache = segment.cache();
        float[] keys = block == null ? rotated : block;
        int group = spec.groupSize();
        int rows = tokens * group;
        int before = cache.length(head) - segment.rows();
        loadQueries(queries, rotary, segment, head, firstToken, tokens, s);
        Arrays.fill(s.rowMax, 0, rows, Float.NEGATIVE_INFINITY);
        Arrays.fill(s.rowSum, 0, rows, 0f);
        for (int begin = from; begin < to; begin += BLOCK) {
            int count = Math.min(BLOCK, to - begin);
            int at = block == null ? rotatedLayout.panel(head, begin) : 0;
            if (block != null) {
                rotation.rotate(cache, rotary, head, begin, begin + count, reader, block, 0);
            }
            for (int entry = 0; entry < count; entry += width) {
                kernels.multiply(
                        rows,
                        spec.headDim(),
                        s.queries,
                        0,
                        spec.headDim(),
                        keys,
                        at + entry * spec.headDim(),
                        s.logits,
                        entry,
                        BLOCK,
                        false);
            }
            for (int row = 0; row < rows; row++) {
                int seen = Math.min(count, before + firstToken + row / group + 1 - begin);
                accumulateRow(s, row, seen, count, begin == from);
            }
            reader.values(cache, head, begin, count);
            addValues(reader, count, rows, begin > from, s);
        }
        if (to <= from) {
            Arrays.fill(s.sums, 0, rows * valueColumns, 0f);
        }
    }

    private void loadQueries(
            Matrix queries, CpuRotary rotary, KvSegment segment, int head, int firstToken, int tokens, Scratch s) {
        for (int token = 0; token < tokens; token++) {
            int to = token * spec.groupSize() * spec.headDim();
            queryRotation.rotate(queries, rotary, segment, head, firstToken + token, s.queries, to);
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
        Arrays.fill(s.logits, at + valid, at + count, 0f);
    }

    private void addValues(CacheReader reader, int count, int rows, boolean accumulate, Scratch s) {
        for (int panel = 0; panel * width < valueColumns; panel++) {
            kernels.multiply(
                    rows,
                    count,
                    s.logits,
                    0,
                    BLOCK,
                    reader.floats(),
                    reader.offset() + panel * reader.panelStride(),
                    s.sums,
                    panel * width,
                    valueColumns,
                    accumulate);
        }
    }

    private void store(KvSegment segment, int head, int firstToken, int tokens, Matrix out, Matrix logSums, Scratch s) {
        float[] to = CpuBuffer.floats(out.buffer());
        int group = spec.groupSize();
        int columns = valueColumns;
        for (int row = 0; row < tokens * group; row++) {
            long outRow = segment.firstRow() + firstToken + (long) (row / group);
            long at = out.offset() + outRow * out.stride() + (long) (head * group + row % group) * spec.headDim();
            kernels.scale(s.sums, row * columns, spec.headDim(), 1f / s.rowSum[row]);
            System.arraycopy(s.sums, row * columns, to, Math.toIntExact(at), spec.headDim());
            if (logSums != null) {
                long sum = logSums.offset() + outRow * logSums.stride() + (long) head * group + row % group;
                CpuBuffer.floats(logSums.buffer())[Math.toIntExact(sum)] =
                        s.rowMax[row] + (float) Math.log(s.rowSum[row]);
            }
        }
    }
}
