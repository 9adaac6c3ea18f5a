package dev.locret.engine;

import dev.locret.backend.AttentionSpec;
import dev.locret.backend.Backend;
import dev.locret.backend.DeviceBuffer;
import dev.locret.backend.DeviceWeight;
import dev.locret.backend.EvictionSpec;
import dev.locret.backend.KvCacheType;
import dev.locret.backend.KvEntries;
import dev.locret.backend.KvSegment;
import dev.locret.backend.KvSlice;
import dev.locret.backend.Matrix;
import dev.locret.backend.Projection;
import dev.locret.backend.RotaryTable;
import dev.locret.backend.SamplingSpec;
import dev.locret.backend.TrainingOperations;
import dev.locret.backend.TrainingSpec;
import dev.locret.common.LocretException;
import dev.locret.tensor.HostTensor;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.BiConsumer;
import java.util.function.Consumer;

/** A real backend that counts what is allocated, and at which a test can look in and interfere. */
final class ProbedBackend implements Backend {
    /** Bytes allocated so far. */
    final AtomicLong allocated = new AtomicLong();
    /** Bytes that it claims to have left, -1 for the truth. */
    volatile long available = -1;
    /** Runs before every attention. */
    volatile Consumer<List<KvSegment>> onAttend = segments -> {};
    /** May change the tokens that were chosen. */
    volatile BiConsumer<SamplingSpec[], int[]> onSample = (specs, tokens) -> {};

    volatile boolean closed;

    private final Backend inner;

    ProbedBackend(Backend inner) {
        this.inner = inner;
    }

    @Override
    public String describe() {
        return inner.describe();
    }

    @Override
    public Optional<LocretException> failure() {
        return inner.failure();
    }

    @Override
    public long totalBytes() {
        return inner.totalBytes();
    }

    @Override
    public boolean isHeap() {
        return inner.isHeap();
    }

    @Override
    public long availableBytes() {
        return available >= 0 ? available : inner.availableBytes();
    }

    @Override
    public long weightBytes(HostTensor tensor) {
        return inner.weightBytes(tensor);
    }

    @Override
    public DeviceBuffer allocate(String name, long elements) {
        allocated.addAndGet(4 * elements);
        return inner.allocate(name, elements);
    }

    @Override
    public DeviceBuffer allocateInts(String name, long elements) {
        allocated.addAndGet(4 * elements);
        return inner.allocateInts(name, elements);
    }

    @Override
    public KvSlice allocateCache(String name, int kvHeads, int headDim, int capacity, int largest) {
        allocated.addAndGet(inner.cacheBytes(kvHeads, headDim, capacity, largest));
        return inner.allocateCache(name, kvHeads, headDim, capacity, largest);
    }

    @Override
    public KvSlice allocateCache(String name, int kvHeads, int headDim, int capacity, int largest, KvCacheType type) {
        allocated.addAndGet(inner.cacheBytes(kvHeads, headDim, capacity, largest, type));
        return inner.allocateCache(name, kvHeads, headDim, capacity, largest, type);
    }

    @Override
    public long cacheBytes(int kvHeads, int headDim, int capacity, int largest, KvCacheType type) {
        return inner.cacheBytes(kvHeads, headDim, capacity, largest, type);
    }

    @Override
    public long cacheBytes(int kvHeads, int headDim, int capacity, int largest) {
        return inner.cacheBytes(kvHeads, headDim, capacity, largest);
    }

    @Override
    public DeviceBuffer loadFloats(HostTensor tensor) {
        allocated.addAndGet(4 * tensor.shape().elements());
        return inner.loadFloats(tensor);
    }

    @Override
    public DeviceWeight load(HostTensor tensor) {
        allocated.addAndGet(inner.weightBytes(tensor));
        return inner.load(tensor);
    }

    @Override
    public RotaryTable loadRotary(float[] cosines, float[] sines, int positions, int dimensions) {
        allocated.addAndGet(8L * (cosines.length + sines.length));
        return inner.loadRotary(cosines, sines, positions, dimensions);
    }

    @Override
    public void reserveLinear(int maxRows, int maxInputs) {
        allocated.addAndGet(inner.linearBytes(maxRows, maxInputs));
        inner.reserveLinear(maxRows, maxInputs);
    }

    @Override
    public long linearBytes(int maxRows, int maxInputs) {
        return inner.linearBytes(maxRows, maxInputs);
    }

    @Override
    public void reserveAttention(AttentionSpec spec, int maxRows, int maxEntries) {
        allocated.addAndGet(inner.attentionBytes(spec, maxRows, maxEntries));
        inner.reserveAttention(spec, maxRows, maxEntries);
    }

    @Override
    public long attentionBytes(AttentionSpec spec, int maxRows, int maxEntries) {
        return inner.attentionBytes(spec, maxRows, maxEntries);
    }

    @Override
    public void reserveSampling(int vocabulary) {
        allocated.addAndGet(inner.samplingBytes(vocabulary));
        inner.reserveSampling(vocabulary);
    }

    @Override
    public long samplingBytes(int vocabulary) {
        return inner.samplingBytes(vocabulary);
    }

    @Override
    public void embed(DeviceWeight table, int[] tokenIds, Matrix out) {
        inner.embed(table, tokenIds, out);
    }

    @Override
    public void rmsNorm(Matrix in, int rows, DeviceBuffer weight, float epsilon, Matrix out, int site) {
        inner.rmsNorm(in, rows, weight, epsilon, out, site);
    }

    @Override
    public void linear(Matrix in, int rows, List<Projection> projections, boolean accumulate) {
        inner.linear(in, rows, projections, accumulate);
    }

    @Override
    public void gatedActivation(Matrix gateUp, int rows, Matrix out) {
        inner.gatedActivation(gateUp, rows, out);
    }

    @Override
    public void silu(Matrix x, int rows) {
        inner.silu(x, rows);
    }

    @Override
    public void gelu(Matrix x, int rows) {
        inner.gelu(x, rows);
    }

    @Override
    public void append(Matrix keys, Matrix values, KvSegment segment) {
        inner.append(keys, values, segment);
    }

    @Override
    public void attend(
            Matrix queries,
            AttentionSpec spec,
            RotaryTable rotary,
            List<KvSegment> segments,
            Matrix out,
            Matrix logSums) {
        onAttend.accept(segments);
        inner.attend(queries, spec, rotary, segments, out, logSums);
    }

    @Override
    public void scoreByAttention(
            Matrix queries,
            AttentionSpec spec,
            RotaryTable rotary,
            KvSegment segment,
            int tokens,
            boolean accumulate,
            Matrix logSums) {
        inner.scoreByAttention(queries, spec, rotary, segment, tokens, accumulate, logSums);
    }

    @Override
    public void surprise(Matrix in, DeviceWeight output, int[] tokenIds, Matrix out) {
        inner.surprise(in, output, tokenIds, out);
    }

    @Override
    public void scoreAtRandom(KvSlice cache, long seed) {
        inner.scoreAtRandom(cache, seed);
    }

    @Override
    public void storeScores(Matrix scores, KvSegment segment, int pooling) {
        inner.storeScores(scores, segment, pooling);
    }

    @Override
    public void scoreByKeyDifference(KvSlice cache) {
        inner.scoreByKeyDifference(cache);
    }

    @Override
    public void scoreByRecency(KvSlice cache, int sinks) {
        inner.scoreByRecency(cache, sinks);
    }

    @Override
    public void evict(KvSlice cache, EvictionSpec spec) {
        inner.evict(cache, spec);
    }

    @Override
    public KvEntries copyEntries(KvSlice cache) {
        return inner.copyEntries(cache);
    }

    @Override
    public void setEntries(KvSlice cache, KvEntries entries) {
        inner.setEntries(cache, entries);
    }

    @Override
    public void gatherRows(Matrix in, int[] rows, Matrix out) {
        inner.gatherRows(in, rows, out);
    }

    @Override
    public int[] sample(Matrix logits, SamplingSpec[] specs) {
        int[] tokens = inner.sample(logits, specs);
        onSample.accept(specs, tokens);
        return tokens;
    }

    @Override
    public float[] download(Matrix matrix, int rows) {
        return inner.download(matrix, rows);
    }

    @Override
    public int[] downloadPositions(KvSlice cache, int head) {
        return inner.downloadPositions(cache, head);
    }

    @Override
    public TrainingOperations training(TrainingSpec spec) {
        return inner.training(spec);
    }

    @Override
    public long trainingBytes(TrainingSpec spec) {
        return inner.trainingBytes(spec);
    }

    @Override
    public int takeFault() {
        return inner.takeFault();
    }

    @Override
    public void close() {
        closed = true;
        inner.close();
    }
}
