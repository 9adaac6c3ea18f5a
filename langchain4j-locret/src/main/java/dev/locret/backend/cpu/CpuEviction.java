package dev.locret.backend.cpu;

import dev.locret.backend.Backend;
import dev.locret.backend.EvictionSpec;
import dev.locret.backend.EvictionSpec.ValueNorm;
import dev.locret.backend.KvSegment;
import dev.locret.backend.KvSlice;
import dev.locret.backend.Matrix;
import java.util.Arrays;

/** Appending to, scoring and compacting the cache of one layer, head by head. */
final class CpuEviction {
    private final WorkerPool pool;
    private final int width;
    private final TopSelection[] selections;
    private final CpuValueNorms[] valueNorms;
    private final EntryMerging[] merging;
    private final float[][] means;
    private final CacheReader[] readers;

    /**
     * @param readers one for each thread
     */
    CpuEviction(WorkerPool pool, Kernels kernels, CacheReader[] readers, int kvHeads, int maxEntries, int headDim) {
        this.pool = pool;
        this.width = kernels.width();
        this.selections = new TopSelection[kvHeads];
        Arrays.setAll(selections, i -> new TopSelection(maxEntries));
        this.valueNorms = new CpuValueNorms[pool.threads()];
        Arrays.setAll(valueNorms, i -> new CpuValueNorms(kernels, readers[i], maxEntries, headDim));
        this.merging = new EntryMerging[pool.threads()];
        Arrays.setAll(merging, i -> new EntryMerging(kernels, readers[i], maxEntries, headDim));
        this.readers = readers;
        this.means = new float[pool.threads()][headDim];
    }

    /** Bytes that the constructor allocates. */
    static long bytes(int threads, int width, int kvHeads, int maxEntries, int headDim) {
        return 8L * kvHeads * maxEntries
                + threads
                        * (4L * headDim
                                + CpuValueNorms.bytes(maxEntries, headDim, width)
                                + EntryMerging.bytes(maxEntries, headDim, width));
    }

    void append(Matrix keys, Matrix values, KvSegment segment) {
        KvSlice cache = segment.cache();
        // A decode step's few rows are not worth waking a thread for: one task runs on the caller.
        int tasks = segment.rows() <= Backend.STEP_ROWS ? 1 : cache.kvHeads();
        pool.run(tasks, (task, thread) -> {
            for (int head = task; head < cache.kvHeads(); head += tasks) {
                appendHead(keys, values, segment, CacheRows.of(cache, width), head);
            }
        });
        for (int head = 0; head < cache.kvHeads(); head++) {
            cache.setLength(head, cache.length(head) + segment.rows());
        }
    }

    private static void appendHead(Matrix keys, Matrix values, KvSegment segment, CacheRows rows, int head) {
        KvSlice cache = segment.cache();
        int[] positions = CpuBuffer.ints(cache.positions());
        float[] newKeys = CpuBuffer.floats(keys.buffer());
        float[] newValues = CpuBuffer.floats(values.buffer());
        for (int row = 0; row < segment.rows(); row++) {
            int entry = cache.length(head) + row;
            int column = head * cache.headDim();
            int inBatch = segment.firstRow() + row;
            rows.putKey(newKeys, at(keys, inBatch, column), head, entry);
            rows.putValue(newValues, at(values, inBatch, column), head, entry);
            positions[cache.first(head) + entry] = segment.firstPosition() + row;
        }
    }

    private static int at(Matrix matrix, int row, int column) {
        return Math.toIntExact(matrix.offset() + (long) row * matrix.stride() + column);
    }

    void storeScores(Matrix scores, KvSegment segment, int pooling) {
        KvSlice cache = segment.cache();
        float[] in = CpuBuffer.floats(scores.buffer());
        float[] out = CpuBuffer.floats(cache.scores());
        int reach = pooling / 2;
        for (int head = 0; head < cache.kvHeads(); head++) {
            int first = cache.first(head) + cache.length(head) - segment.rows();
            for (int row = 0; row < segment.rows(); row++) {
                float best = Float.NEGATIVE_INFINITY;
                int last = Math.min(segment.rows() - 1, row + reach);
                for (int near = Math.max(0, row - reach); near <= last; near++) {
                    best = Math.max(best, in[at(scores, segment.firstRow() + near, head)]);
                }
                out[first + row] = best;
            }
        }
    }

    void scoreByRecency(KvSlice cache, int sinks) {
        float[] scores = CpuBuffer.floats(cache.scores());
        int[] positions = CpuBuffer.ints(cache.positions());
        for (int head = 0; head < cache.kvHeads(); head++) {
            for (int entry = 0; entry < cache.length(head); entry++) {
                int at = cache.first(head) + entry;
                // Entries are in order of position: the index orders them as well and is exact as a float.
                scores[at] = positions[at] < sinks ? Float.MAX_VALUE : entry;
            }
        }
    }

    static void scoreAtRandom(KvSlice cache, long seed) {
        float[] scores = CpuBuffer.floats(cache.scores());
        int[] positions = CpuBuffer.ints(cache.positions());
        for (int head = 0; head < cache.kvHeads(); head++) {
            for (int entry = 0; entry < cache.length(head); entry++) {
                int at = cache.first(head) + entry;
                // Seeds that follow each other must not give neighbouring positions' numbers.
                long mixed = mix(mix(seed) + ((long) head << 32) + positions[at]);
                scores[at] = (mixed >>> 40) * 0x1p-24f;
            }
        }
    }

    /** The finalizer of SplitMix64: every bit of the input changes half of the output's. */
    private static long mix(long x) {
        x = (x ^ x >>> 30) * 0xBF58476D1CE4E5B9L;
        x = (x ^ x >>> 27) * 0x94D049BB133111EBL;
        return x ^ x >>> 31;
    }

    void scoreByKeyDifference(KvSlice cache) {
        float[] scores = CpuBuffer.floats(cache.scores());
        int dim = cache.headDim();
        pool.run(cache.kvHeads(), (head, thread) -> {
            CacheReader reader = readers[thread];
            float[] mean = means[thread];
            Arrays.fill(mean, 0f);
            for (int entry = 0; entry < cache.length(head); entry++) {
                int at = key(reader, cache, head, entry);
                float[] keys = reader.floats();
                float inverse = inverseNorm(keys, at, dim, width);
                for (int j = 0; j < dim; j++) {
                    mean[j] = Math.fma(keys[at + j * width], inverse, mean[j]);
                }
            }
            // Common to all entries of a head, but not to heads that share a budget.
            float inverseMean = inverseNorm(mean, 0, dim, 1);
            for (int entry = 0; entry < cache.length(head); entry++) {
                int at = key(reader, cache, head, entry);
                float[] keys = reader.floats();
                float dot = 0;
                for (int j = 0; j < dim; j++) {
                    dot = Math.fma(keys[at + j * width], mean[j], dot);
                }
                scores[cache.first(head) + entry] = -dot * inverseNorm(keys, at, dim, width) * inverseMean;
            }
        });
    }

    /** Index of a key in the reader's floats; entries are asked for in ascending order. */
    private int key(CacheReader reader, KvSlice cache, int head, int entry) {
        int lane = entry % width;
        if (lane == 0) {
            reader.keys(cache, head, entry);
        }
        return reader.offset() + lane;
    }

    private static float inverseNorm(float[] x, int at, int dim, int stride) {
        float sum = 0;
        for (int j = 0; j < dim; j++) {
            sum = Math.fma(x[at + j * stride], x[at + j * stride], sum);
        }
        return sum == 0 ? 0 : (float) (1 / Math.sqrt(sum));
    }

    void evict(KvSlice cache, EvictionSpec spec) {
        if (spec.sharing() != null) {
            share(cache, spec);
            return;
        }
        pool.run(cache.kvHeads(), (head, thread) -> {
            int keep = spec.budgets()[head];
            if (cache.length(head) > keep) {
                rate(cache, spec, head, thread);
                int[] kept = selections[head].select(keep);
                if (spec.merge()) {
                    merging[thread].merge(cache, head, kept, keep);
                }
                new CacheCompaction(cache, width).inPlace(head, kept, keep);
            }
        });
    }

    private void share(KvSlice cache, EvictionSpec spec) {
        int[] forced = new int[cache.kvHeads()];
        pool.run(forced.length, (head, thread) -> forced[head] = rate(cache, spec, head, thread));
        TopSelection[] heads = Arrays.copyOf(selections, forced.length);
        int[] counts = new SharedBudget(heads, forced, spec.sharing())
                .divide(Arrays.stream(spec.budgets()).asLongStream().sum());
        int[][] kept = new int[counts.length][];
        pool.run(counts.length, (head, thread) -> {
            kept[head] = heads[head].select(counts[head]);
            if (spec.merge()) {
                merging[thread].merge(cache, head, kept[head], counts[head]);
            }
        });
        new CacheCompaction(cache, width).divide(kept, counts);
    }

    /** Collects the scores of a head, infinite for entries that have to stay; returns how many those are. */
    private int rate(KvSlice cache, EvictionSpec spec, int head, int thread) {
        TopSelection selection = selections[head];
        float[] scores = CpuBuffer.floats(cache.scores());
        int[] positions = CpuBuffer.ints(cache.positions());
        int length = cache.length(head);
        int base = cache.first(head);
        ValueNorm norm = spec.valueNorm();
        float[] squares = norm == null
                ? null
                : valueNorms[thread].squares(
                        cache, head, (CpuWeight) norm.grams().get(head));
        int all = 0;
        selection.clear();
        for (int entry = 0; entry < length; entry++) {
            boolean forced = entry >= length - spec.recent() || positions[base + entry] < spec.pinnedTokens();
            all += forced ? 1 : 0;
            float score = forced ? Float.POSITIVE_INFINITY : pooled(scores, positions, base, entry, length, spec);
            selection.add(forced || norm == null ? score : weighed(score, squares[entry], norm.logarithm()));
        }
        return all;
    }

    private static float pooled(float[] scores, int[] positions, int base, int entry, int length, EvictionSpec spec) {
        int reach = spec.pooling() / 2;
        float best = Float.NEGATIVE_INFINITY;
        int last = Math.min(length - 1, entry + reach);
        for (int near = Math.max(0, entry - reach); near <= last; near++) {
            int at = base + near;
            best = Math.max(
                    best, spec.agesFrom() == 0 ? scores[at] : decayed(scores[at], spec.agesFrom() - positions[at]));
        }
        return best;
    }

    /** The logarithm of {@code sigmoid(logit)} to the power of an age. */
    private static float decayed(float logit, int age) {
        double logSigmoid = Math.min(logit, 0) - Math.log1p(Math.exp(-Math.abs((double) logit)));
        return (float) (logSigmoid * age);
    }

    private static float weighed(float score, float square, boolean logarithm) {
        return logarithm
                ? score + 0.5f * (float) Math.log(Math.max(square, Float.MIN_NORMAL))
                : score * (float) Math.sqrt(square);
    }
}
