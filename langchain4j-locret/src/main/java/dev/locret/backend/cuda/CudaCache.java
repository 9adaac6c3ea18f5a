package dev.locret.backend.cuda;

import dev.locret.backend.DeviceBuffer;
import dev.locret.backend.KvCacheType;
import dev.locret.backend.KvEntries;
import dev.locret.backend.KvRows;
import dev.locret.backend.KvSegment;
import dev.locret.backend.KvSlice;
import dev.locret.backend.Matrix;
import dev.locret.common.Checks;
import java.util.Arrays;
import java.util.List;
import jcuda.driver.CUdeviceptr;

/**
 * Caches: keys and values as f32, f16, q8_0 or q4_0, {@code [entries of all heads, headDim]}, and what is appended to, read from and
 * written to them.
 */
final class CudaCache {
    private static final int THREADS = 256;

    private final Launch launch;
    private final Parameters parameters;
    private final CudaMemory memory;
    private final Transfers transfers;
    private final Kernel append;
    private final Kernel storeScores;
    private final Kernel byRecency;
    private final Kernel atRandom;
    private final Kernel meanKey;
    private final Kernel byKeyDifference;

    CudaCache(Launch launch, Parameters parameters, Kernels kernels, CudaMemory memory, Transfers transfers) {
        this.launch = launch;
        this.parameters = parameters;
        this.memory = memory;
        this.transfers = transfers;
        this.append = kernels.get("scores", "append");
        this.storeScores = kernels.get("scores", "store_scores");
        this.byRecency = kernels.get("scores", "score_by_recency");
        this.atRandom = kernels.get("scores", "score_at_random");
        this.meanKey = kernels.get("scores", "mean_key");
        this.byKeyDifference = kernels.get("scores", "score_by_key_difference");
    }

    KvSlice allocate(String name, int kvHeads, int headDim, int capacity, int largest, KvCacheType type) {
        long entries = KvSlice.allocatedEntries(kvHeads, capacity, largest, 1);
        long words = (entries * rowBytes(type, headDim) + 3) / 4;
        return new KvSlice(
                memory.allocate(name + ".keys", words),
                memory.allocate(name + ".values", words),
                memory.allocate(name + ".scores", entries),
                memory.allocate(name + ".positions", entries),
                type,
                kvHeads,
                headDim,
                capacity,
                largest,
                1);
    }

    static long bytes(int kvHeads, int headDim, int capacity, int largest, KvCacheType type) {
        long entries = KvSlice.allocatedEntries(kvHeads, capacity, largest, 1);
        return 2 * CudaMemory.occupied((entries * rowBytes(type, headDim) + 3) / 4 * 4)
                + 2 * CudaMemory.occupied(4 * entries);
    }

    /** Bytes of a key or value. */
    static int rowBytes(KvSlice cache) {
        return rowBytes(cache.type(), cache.headDim());
    }

    private static int rowBytes(KvCacheType type, int headDim) {
        type.requireHeadDim(headDim);
        return Math.toIntExact(type.rowBytes(headDim));
    }

    /** The number of a cache's type in {@code cache.cuh}. */
    static int typeOf(KvSlice cache) {
        return number(cache.type());
    }

    private static int number(KvCacheType type) {
        return switch (type) {
            case F32 -> 0;
            case F16 -> 1;
            case Q8_0 -> 2;
            case Q4_0 -> 3;
        };
    }

    /** Appends the new tokens of a batch, in one launch. */
    void append(Matrix keys, Matrix values, List<KvSegment> segments) {
        grow(segments);
        KvSlice cache = segments.get(0).cache();
        int rows = segments.stream().mapToInt(KvSegment::rows).sum();
        launch.of(append)
                .address(CudaBuffer.address(keys))
                .value(keys.stride())
                .address(CudaBuffer.address(values))
                .value(values.stride())
                .address(parameters.segments(segments))
                .address(parameters.heads(segments))
                .value(cache.headDim())
                .run(rows, cache.kvHeads(), 128, 0);
    }

    /** Counts the new tokens of a batch, which are appended next. */
    static void grow(List<KvSegment> segments) {
        for (KvSegment segment : segments) {
            KvSlice cache = segment.cache();
            for (int head = 0; head < cache.kvHeads(); head++) {
                cache.setLength(head, cache.length(head) + segment.rows());
            }
        }
    }

    void storeScores(Matrix scores, KvSegment segment, int pooling) {
        launch.of(storeScores)
                .address(CudaBuffer.address(scores.from(segment.firstRow())))
                .value(scores.stride())
                .value(segment.rows())
                .value(pooling)
                .address(parameters.segments(List.of(segment)))
                .address(parameters.heads(segment.cache()))
                .run(blocks(segment.rows()), segment.cache().kvHeads(), THREADS, 0);
    }

    void scoreByRecency(KvSlice cache, int sinks) {
        launch.of(byRecency)
                .address(parameters.heads(cache))
                .address(CudaBuffer.address(cache.positions()))
                .value(sinks)
                .address(CudaBuffer.address(cache.scores()))
                .run(blocks(cache.longest()), cache.kvHeads(), THREADS, 0);
    }

    void scoreAtRandom(KvSlice cache, long seed) {
        launch.of(atRandom)
                .address(parameters.heads(cache))
                .address(CudaBuffer.address(cache.positions()))
                .address(seed)
                .address(CudaBuffer.address(cache.scores()))
                .run(blocks(cache.longest()), cache.kvHeads(), THREADS, 0);
    }

    /** @param means scratch of {@code kvHeads · headDim} floats */
    void scoreByKeyDifference(KvSlice cache, CudaBuffer means) {
        long heads = parameters.heads(cache);
        launch.of(meanKey)
                .address(heads)
                .address(CudaBuffer.address(cache.keys()))
                .value(typeOf(cache))
                .value(cache.headDim())
                .address(means.address())
                .run(cache.kvHeads(), 1, THREADS, 0);
        launch.of(byKeyDifference)
                .address(heads)
                .address(CudaBuffer.address(cache.keys()))
                .value(typeOf(cache))
                .value(cache.headDim())
                .address(means.address())
                .address(CudaBuffer.address(cache.scores()))
                .run((cache.longest() + 7) / 8, cache.kvHeads(), THREADS, 0);
    }

    private static int blocks(int entries) {
        return (entries + THREADS - 1) / THREADS;
    }

    KvEntries copy(KvSlice cache) {
        int[] lengths = new int[cache.kvHeads()];
        Arrays.setAll(lengths, cache::length);
        KvEntries out = KvEntries.allocate(lengths, cache.headDim(), cache.type());
        for (int head = 0; head < lengths.length; head++) {
            int first = out.first(head);
            int count = lengths[head];
            long from = cache.first(head);
            downloadRows(row(cache.keys(), from * rowBytes(cache)), out.keys(), first, count);
            downloadRows(row(cache.values(), from * rowBytes(cache)), out.values(), first, count);
            transfers.downloadFloats(at(cache.scores(), from), out.scores(), first, count);
            transfers.downloadInts(at(cache.positions(), from), out.positions(), first, count);
        }
        return out;
    }

    int[] positions(KvSlice cache, int head) {
        int[] out = new int[cache.length(head)];
        transfers.downloadInts(at(cache.positions(), cache.first(head)), out, 0, out.length);
        return out;
    }

    void set(KvSlice cache, KvEntries entries) {
        Checks.argument(
                entries.lengths().length == cache.kvHeads() && entries.headDim() == cache.headDim(),
                () -> "cache: entries of another shape: kv-heads=" + entries.lengths().length + ", head-dim="
                        + entries.headDim() + ", expected=" + cache.kvHeads() + " and " + cache.headDim());
        Checks.argument(
                entries.type() == cache.type(),
                () -> "cache: entries of another type: kv-cache-type=" + entries.type() + ", expected=" + cache.type());
        Checks.argument(
                cache.takes(entries.lengths()),
                () -> "cache: entries do not fit: entries=" + Arrays.toString(entries.lengths()) + ", capacity="
                        + cache.capacity() + " of each KV head");
        cache.divide(entries.lengths());
        for (int head = 0; head < cache.kvHeads(); head++) {
            int first = entries.first(head);
            int count = entries.lengths()[head];
            long to = cache.first(head);
            uploadRows(row(cache.keys(), to * rowBytes(cache)), entries.keys(), first, count);
            uploadRows(row(cache.values(), to * rowBytes(cache)), entries.values(), first, count);
            transfers.uploadFloats(at(cache.scores(), to), entries.scores(), first, count);
            transfers.uploadInts(at(cache.positions(), to), entries.positions(), first, count);
            cache.setLength(head, count);
        }
    }

    /** Packed rows lie on the device as they do on the host. */
    private void downloadRows(CUdeviceptr from, KvRows out, int first, int count) {
        int dim = out.headDim();
        if (out.plain() != null) {
            transfers.downloadFloats(from, out.plain(), first * dim, count * dim);
        } else {
            int at = out.at(first);
            transfers.download(
                    from,
                    out.at(first + count) - at,
                    (begin, in) -> in.get(out.packed(), at + (int) begin, in.remaining()));
        }
    }

    private void uploadRows(CUdeviceptr to, KvRows rows, int first, int count) {
        int dim = rows.headDim();
        if (rows.plain() != null) {
            transfers.uploadFloats(to, rows.plain(), first * dim, count * dim);
        } else {
            int at = rows.at(first);
            transfers.upload(
                    to,
                    rows.at(first + count) - at,
                    1,
                    (begin, out) -> out.put(rows.packed(), at + (int) begin, out.remaining()));
        }
    }

    private static CUdeviceptr row(DeviceBuffer buffer, long bytes) {
        return CudaBuffer.of(buffer).pointer().withByteOffset(bytes);
    }

    private static CUdeviceptr at(DeviceBuffer buffer, long element) {
        return CudaBuffer.of(buffer).pointer().withByteOffset(4 * element);
    }
}
