package dev.locret.backend.cpu;

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
import dev.locret.common.Checks;
import dev.locret.common.ErrorId;
import dev.locret.tensor.HostTensor;
import java.util.Arrays;
import java.util.List;

/** The CPU: float arrays on the heap, one thread pool, kernels by {@link KernelProvider}. */
public final class CpuBackend implements Backend {
    private final Kernels kernels;
    private final WorkerPool pool;
    private final CpuLinear linear;
    private CpuAttention attention;
    private CpuAttentionMass attentionMass;
    private CpuEviction eviction;
    private CpuSurprise surprise;
    private CpuSampler sampler;
    private int fault = -1;

    /**
     * @param threads threads that compute, the caller among them
     */
    public CpuBackend(int threads) {
        this(threads, System.getProperty(KernelProvider.PROPERTY));
    }

    /**
     * @param kernels {@code vector}, {@code fallback}, or null to choose
     */
    public CpuBackend(int threads, String kernels) {
        Checks.inRange("threads", threads, 1, 1024);
        this.kernels = KernelProvider.choose(kernels);
        this.pool = new WorkerPool(threads);
        this.linear = new CpuLinear(this.kernels, pool);
    }

    @Override
    public String describe() {
        return "cpu, kernels " + kernels.name() + ", " + pool.threads() + " threads";
    }

    @Override
    public long availableBytes() {
        Runtime runtime = Runtime.getRuntime();
        return runtime.maxMemory() - (runtime.totalMemory() - runtime.freeMemory());
    }

    @Override
    public long weightBytes(HostTensor tensor) {
        return 4 * CpuWeight.words(tensor, kernels.width());
    }

    @Override
    public DeviceBuffer allocate(String name, long elements) {
        return new CpuBuffer(name, new float[Math.toIntExact(elements)], null);
    }

    @Override
    public DeviceBuffer allocateInts(String name, long elements) {
        return new CpuBuffer(name, null, new int[Math.toIntExact(elements)]);
    }

    @Override
    public KvSlice allocateCache(String name, int kvHeads, int headDim, int capacity, int largest) {
        return allocateCache(name, kvHeads, headDim, capacity, largest, KvCacheType.F32);
    }

    @Override
    public KvSlice allocateCache(String name, int kvHeads, int headDim, int capacity, int largest, KvCacheType type) {
        type.requireHeadDim(headDim);
        int width = kernels.width();
        long entries = KvSlice.allocatedEntries(kvHeads, capacity, largest, width);
        return new KvSlice(
                allocateRows(name + ".keys", entries * keyElements(headDim, type), type),
                allocateRows(name + ".values", entries * valueElements(headDim, type), type),
                allocate(name + ".scores", entries),
                allocateInts(name + ".positions", entries),
                type,
                kvHeads,
                headDim,
                capacity,
                largest,
                width);
    }

    private DeviceBuffer allocateRows(String name, long elements, KvCacheType type) {
        return type == KvCacheType.F32 ? allocate(name, elements) : allocateInts(name, elements);
    }

    private static int keyElements(int headDim, KvCacheType type) {
        return type == KvCacheType.F32 ? headDim : PackedRow.of(type, headDim).words();
    }

    private int valueElements(int headDim, KvCacheType type) {
        return type == KvCacheType.F32 ? CacheLayout.roundUp(headDim, kernels.width()) : keyElements(headDim, type);
    }

    @Override
    public long cacheBytes(int kvHeads, int headDim, int capacity, int largest) {
        return cacheBytes(kvHeads, headDim, capacity, largest, KvCacheType.F32);
    }

    @Override
    public long cacheBytes(int kvHeads, int headDim, int capacity, int largest, KvCacheType type) {
        type.requireHeadDim(headDim);
        long entries = KvSlice.allocatedEntries(kvHeads, capacity, largest, kernels.width());
        return 4 * entries * (keyElements(headDim, type) + valueElements(headDim, type) + 2L);
    }

    @Override
    public DeviceBuffer loadFloats(HostTensor tensor) {
        CpuWeight flat = CpuWeight.pack(tensor, 1);
        float[] floats = flat.floats();
        if (floats == null) {
            floats = new float[flat.groups() * flat.format().groupSize()];
            new WeightReader(flat).row(0, floats, 0);
        }
        return new CpuBuffer(tensor.name(), floats, null);
    }

    @Override
    public DeviceWeight load(HostTensor tensor) {
        int size = PanelFormat.of(tensor.type()).groupSize();
        Checks.check(
                tensor.columns() % size == 0,
                ErrorId.MODEL_UNSUPPORTED,
                () -> "model: weight '" + tensor.name() + "' has " + tensor.columns() + " inputs, type " + tensor.type()
                        + " needs a multiple of " + size);
        return CpuWeight.pack(tensor, kernels.width());
    }

    @Override
    public RotaryTable loadRotary(float[] cosines, float[] sines, int positions, int dimensions) {
        return CpuRotary.of(cosines, sines, positions, dimensions, kernels.width());
    }

    @Override
    public void reserveLinear(int maxRows, int maxInputs) {
        linear.reserve(maxRows, maxInputs);
    }

    @Override
    public long linearBytes(int maxRows, int maxInputs) {
        return CpuLinear.bytes(kernels, pool.threads(), maxRows, maxInputs);
    }

    @Override
    public void reserveAttention(AttentionSpec spec, int maxRows, int maxEntries) {
        CacheReader[] readers = CacheReader.of(kernels, pool, spec.headDim());
        attention = new CpuAttention(kernels, pool, readers, spec, maxEntries);
        attentionMass = new CpuAttentionMass(kernels, pool, readers, spec);
        eviction = new CpuEviction(pool, kernels, readers, spec.kvHeads(), maxEntries, spec.headDim());
    }

    @Override
    public long attentionBytes(AttentionSpec spec, int maxRows, int maxEntries) {
        return CpuAttention.bytes(spec, maxEntries, kernels.width(), pool.threads())
                + CpuAttentionMass.bytes(spec, pool.threads())
                + CacheReader.bytes(spec.headDim(), kernels.width(), pool.threads())
                + CpuEviction.bytes(pool.threads(), kernels.width(), spec.kvHeads(), maxEntries, spec.headDim());
    }

    @Override
    public void reserveSampling(int vocabulary) {
        sampler = new CpuSampler(vocabulary);
        surprise = new CpuSurprise(kernels, pool, vocabulary);
    }

    @Override
    public long samplingBytes(int vocabulary) {
        return CpuSampler.bytes(vocabulary) + CpuSurprise.bytes(vocabulary);
    }

    @Override
    public void embed(DeviceWeight table, int[] tokenIds, Matrix out) {
        WeightReader reader = new WeightReader((CpuWeight) table);
        for (int i = 0; i < tokenIds.length; i++) {
            reader.row(tokenIds[i], floats(out), row(out, i));
        }
    }

    @Override
    public void rmsNorm(Matrix in, int rows, DeviceBuffer weight, float epsilon, Matrix out, int site) {
        int n = in.columns();
        float[] x = floats(in);
        boolean[] bad = new boolean[1];
        pool.runRows(rows, n, (row, thread) -> {
            float square = kernels.sumOfSquares(x, row(in, row), n);
            if (!Float.isFinite(square)) {
                bad[0] = true;
            }
            float factor = (float) (1 / Math.sqrt(square / n + epsilon));
            kernels.scaleBy(x, row(in, row), factor, CpuBuffer.floats(weight), n, floats(out), row(out, row));
        });
        if (bad[0]) {
            fault = fault < 0 ? site : Math.min(fault, site);
        }
    }

    @Override
    public void linear(Matrix in, int rows, List<Projection> projections, boolean accumulate) {
        linear.run(in, rows, projections, accumulate);
    }

    @Override
    public void gatedActivation(Matrix gateUp, int rows, Matrix out) {
        int n = out.columns();
        pool.runRows(
                rows,
                n,
                (row, thread) -> kernels.siluTimes(
                        floats(gateUp),
                        row(gateUp, row),
                        floats(gateUp),
                        row(gateUp, row) + n,
                        n,
                        floats(out),
                        row(out, row)));
    }

    @Override
    public void silu(Matrix x, int rows) {
        pool.runRows(
                rows,
                x.columns(),
                (row, thread) ->
                        kernels.siluTimes(floats(x), row(x, row), null, 0, x.columns(), floats(x), row(x, row)));
    }

    @Override
    public void gelu(Matrix x, int rows) {
        pool.runRows(rows, x.columns(), (row, thread) -> GeluFunction.apply(floats(x), row(x, row), x.columns()));
    }

    @Override
    public void append(Matrix keys, Matrix values, KvSegment segment) {
        eviction.append(keys, values, segment);
    }

    @Override
    public void attend(
            Matrix queries,
            AttentionSpec spec,
            RotaryTable rotary,
            List<KvSegment> segments,
            Matrix out,
            Matrix logSums) {
        attention.run(queries, (CpuRotary) rotary, segments, out, logSums);
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
        attentionMass.run(queries, (CpuRotary) rotary, segment, tokens, accumulate, logSums);
    }

    @Override
    public void surprise(Matrix in, DeviceWeight output, int[] tokenIds, Matrix out) {
        surprise.run(linear, in, output, tokenIds, out);
    }

    @Override
    public void scoreAtRandom(KvSlice cache, long seed) {
        CpuEviction.scoreAtRandom(cache, seed);
    }

    @Override
    public void storeScores(Matrix scores, KvSegment segment, int pooling) {
        eviction.storeScores(scores, segment, pooling);
    }

    @Override
    public void scoreByKeyDifference(KvSlice cache) {
        eviction.scoreByKeyDifference(cache);
    }

    @Override
    public void scoreByRecency(KvSlice cache, int sinks) {
        eviction.scoreByRecency(cache, sinks);
    }

    @Override
    public void evict(KvSlice cache, EvictionSpec spec) {
        eviction.evict(cache, spec);
    }

    @Override
    public KvEntries copyEntries(KvSlice cache) {
        return CpuCacheCopy.take(cache, kernels.width(), pool);
    }

    @Override
    public void setEntries(KvSlice cache, KvEntries entries) {
        CpuCacheCopy.put(entries, cache, kernels.width(), pool);
    }

    @Override
    public void gatherRows(Matrix in, int[] rows, Matrix out) {
        for (int i = 0; i < rows.length; i++) {
            System.arraycopy(floats(in), row(in, rows[i]), floats(out), row(out, i), in.columns());
        }
    }

    @Override
    public int[] sample(Matrix logits, SamplingSpec[] specs) {
        int[] tokens = new int[specs.length];
        for (int i = 0; i < specs.length; i++) {
            tokens[i] = sampler.sample(floats(logits), row(logits, i), logits.columns(), specs[i]);
        }
        return tokens;
    }

    @Override
    public float[] download(Matrix matrix, int rows) {
        float[] out = new float[rows * matrix.columns()];
        for (int i = 0; i < rows; i++) {
            System.arraycopy(floats(matrix), row(matrix, i), out, i * matrix.columns(), matrix.columns());
        }
        return out;
    }

    @Override
    public int[] downloadPositions(KvSlice cache, int head) {
        int from = cache.first(head);
        return Arrays.copyOfRange(CpuBuffer.ints(cache.positions()), from, from + cache.length(head));
    }

    @Override
    public TrainingOperations training(TrainingSpec spec) {
        return new CpuTraining(kernels, pool, spec);
    }

    @Override
    public long trainingBytes(TrainingSpec spec) {
        return CpuTraining.bytes(spec, kernels.width(), pool.threads());
    }

    @Override
    public int takeFault() {
        int found = fault;
        fault = -1;
        return found;
    }

    @Override
    public void close() {
        pool.close();
    }

    private static float[] floats(Matrix matrix) {
        return CpuBuffer.floats(matrix.buffer());
    }

    private static int row(Matrix matrix, int row) {
        return Math.toIntExact(matrix.offset() + (long) row * matrix.stride());
    }
}
