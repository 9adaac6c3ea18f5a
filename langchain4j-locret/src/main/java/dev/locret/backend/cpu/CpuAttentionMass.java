package dev.locret.backend.cpu;

import dev.locret.backend.AttentionSpec;
import dev.locret.backend.KvSegment;
import dev.locret.backend.Matrix;
import java.util.Arrays;

/**
 * Sums attention probabilities by entry. The sums that normalise them are known from the attention itself, so one more
 * product of queries and keys is enough. A task takes some entries of a KV head and adds up all tokens in order, so that
 * the result does not depend on threads.
 */
final class CpuAttentionMass {
    /** Query rows (tokens × group) that are multiplied at once. */
    private static final int ROWS = 60;
    /** Entries of a task: a multiple of every kernels' width. */
    private static final int BLOCK = 128;

    private final Kernels kernels;
    private final WorkerPool pool;
    private final CacheReader[] readers;
    private final AttentionSpec spec;
    private final int width;
    private final int tokensAtOnce;
    private final KeyRotation keyRotation;
    private final QueryRotation queryRotation;
    private final float[][] keys;
    private final float[][] queries;
    private final float[][] logits;
    private final float[][] sums;

    /**
     * @param readers one for each thread
     */
    CpuAttentionMass(Kernels kernels, WorkerPool pool, CacheReader[] readers, AttentionSpec spec) {
        this.kernels = kernels;
        this.pool = pool;
        this.readers = readers;
        this.spec = spec;
        this.width = kernels.width();
        this.tokensAtOnce = tokensAtOnce(spec);
        this.keyRotation = new KeyRotation(kernels, spec);
        this.queryRotation = new QueryRotation(spec);
        int rows = tokensAtOnce * spec.groupSize();
        this.keys = new float[pool.threads()][BLOCK * spec.headDim()];
        this.queries = new float[pool.threads()][rows * spec.headDim()];
        this.logits = new float[pool.threads()][rows * BLOCK];
        this.sums = new float[pool.threads()][BLOCK];
    }

    private static int tokensAtOnce(AttentionSpec spec) {
        return Math.max(1, ROWS / spec.groupSize());
    }

    /** Bytes that the constructor allocates. */
    static long bytes(AttentionSpec spec, int threads) {
        long rows = (long) tokensAtOnce(spec) * spec.groupSize();
        return 4L * threads * ((BLOCK + rows) * spec.headDim() + (rows + 1) * BLOCK);
    }

    void run(Matrix in, CpuRotary rotary, KvSegment segment, int tokens, boolean accumulate, Matrix logSums) {
        int blocks = (segment.cache().longest() + BLOCK - 1) / BLOCK;
        pool.run(spec.kvHeads() * blocks, (task, thread) -> {
            int head = task % spec.kvHeads();
            int begin = task / spec.kvHeads() * BLOCK;
            int end = Math.min(segment.cache().length(head), begin + BLOCK);
            if (begin < end) {
                add(in, rotary, segment, head, begin, end, segment.rows() - tokens, logSums, thread);
                store(segment, head, begin, end, accumulate, sums[thread]);
            }
        });
    }

    private void add(
            Matrix in,
            CpuRotary rotary,
            KvSegment segment,
            int head,
            int begin,
            int end,
            int firstToken,
            Matrix logSums,
            int thread) {
        Arrays.fill(sums[thread], 0f);
        keyRotation.rotate(segment.cache(), rotary, head, begin, end, readers[thread], keys[thread], 0);
        int before = segment.cache().length(head) - segment.rows();
        // Tokens in front of the block see nothing of it.
        for (int token = Math.max(firstToken, begin - before); token < segment.rows(); token += tokensAtOnce) {
            int count = Math.min(tokensAtOnce, segment.rows() - token);
            for (int i = 0; i < count; i++) {
                int to = i * spec.groupSize() * spec.headDim();
                queryRotation.rotate(in, rotary, segment, head, token + i, queries[thread], to);
            }
            multiply(count * spec.groupSize(), end - begin, thread);
            for (int i = 0; i < count; i++) {
                int seen = Math.min(end, before + token + i + 1) - begin;
                addRows(segment.firstRow() + token + i, head, i, seen, logSums, thread);
            }
        }
    }

    private void multiply(int rows, int entries, int thread) {
        int dim = spec.headDim();
        for (int entry = 0; entry < entries; entry += width) {
            kernels.multiply(
                    rows, dim, queries[thread], 0, dim, keys[thread], entry * dim, logits[thread], entry, BLOCK, false);
        }
    }

    private void addRows(int batchRow, int head, int token, int seen, Matrix logSums, int thread) {
        float[] shifts = CpuBuffer.floats(logSums.buffer());
        long row = logSums.offset() + (long) batchRow * logSums.stride();
        for (int g = 0; g < spec.groupSize(); g++) {
            int at = (token * spec.groupSize() + g) * BLOCK;
            float shift = shifts[Math.toIntExact(row + (long) head * spec.groupSize() + g)];
            kernels.exp(logits[thread], at, seen, shift);
            for (int entry = 0; entry < seen; entry++) {
                sums[thread][entry] += logits[thread][at + entry];
            }
        }
    }

    private static void store(KvSegment segment, int head, int begin, int end, boolean accumulate, float[] sums) {
        float[] scores = CpuBuffer.floats(segment.cache().scores());
        int first = segment.cache().first(head);
        int before = segment.cache().length(head) - segment.rows();
        for (int entry = begin; entry < end; entry++) {
            float old = accumulate && entry < before ? scores[first + entry] : 0;
            scores[first + entry] = old + sums[entry - begin];
        }
    }
}
