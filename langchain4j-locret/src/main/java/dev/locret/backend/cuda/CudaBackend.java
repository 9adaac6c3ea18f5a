package dev.locret.backend.cuda;

import dev.locret.backend.AttentionSpec;
import dev.locret.backend.Backend;
import dev.locret.backend.DeviceBuffer;
import dev.locret.backend.DeviceSpeed;
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
import dev.locret.backend.StepRecorder;
import dev.locret.backend.TrainingOperations;
import dev.locret.backend.TrainingSpec;
import dev.locret.common.Checks;
import dev.locret.common.ErrorId;
import dev.locret.common.LocretException;
import dev.locret.format.Dequantizer;
import dev.locret.tensor.DType;
import dev.locret.tensor.HostTensor;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * A graphics card by CUDA: one context with one stream, in which all operations are queued in order. It needs NVIDIA's
 * driver, NVRTC and cuBLAS; see docs/cuda.md.
 */
public final class CudaBackend implements Backend {
    private final CudaContext context;
    private final Precision precision;
    private final CudaMemory memory;
    private final Transfers transfers;
    private final Parameters parameters;
    private final Kernels kernels;
    private final Launch launch;
    private final Blas blas;
    private final CudaLinear linear;
    private final CudaCache caches;
    private final CudaRows rows;
    private final CudaSteps steps;
    private final Map<DType, WeightKernels> weightKernels = new EnumMap<>(DType.class);
    private CudaBuffer means;
    private CudaAttention attention;
    private CudaEviction eviction;
    private CudaSampler sampler;
    private CudaSurprise surprise;

    private CudaBackend(CudaContext context, Precision precision) {
        this.context = context;
        this.precision = precision;
        this.memory = new CudaMemory(context);
        this.kernels = new Kernels(context, new KernelCompiler(context.capability(), KernelCache.ofMachine()));
        this.launch = new Launch(context);
        this.transfers = new Transfers(context, memory);
        this.parameters = new Parameters(context, memory);
        this.blas = new Blas(context, memory);
        this.linear = new CudaLinear(launch, kernels, blas, precision);
        this.caches = new CudaCache(launch, parameters, kernels, memory, transfers);
        this.rows = new CudaRows(launch, parameters, kernels, memory, transfers);
        this.steps = new CudaSteps(context, parameters, memory);
    }

    /**
     * Opens a device.
     *
     * @param ordinal its number, from 0
     * @throws LocretException ({@code device-unavailable}) with what is missing and how to get it
     */
    public static CudaBackend open(int ordinal) {
        Precision precision = Precision.of(System.getProperty(Precision.PROPERTY));
        NativeLoader.load(CudaLibraries.find(LibrarySearch.ofMachine()));
        CudaContext context = new CudaContext(ordinal);
        try {
            return new CudaBackend(context, precision);
        } catch (RuntimeException e) {
            context.close();
            throw e;
        }
    }

    @Override
    public String describe() {
        return "cuda:" + context.ordinal() + ", " + context.name() + ", sm_" + context.capability()
                + (precision == Precision.FULL ? ", full precision" : "");
    }

    @Override
    public Optional<LocretException> failure() {
        return context.failure();
    }

    @Override
    public Optional<DeviceSpeed> measureSpeed() {
        return Optional.of(new SpeedProbe(context, memory, blas).measure());
    }

    @Override
    public long totalBytes() {
        return memory.total();
    }

    @Override
    public boolean isHeap() {
        return false;
    }

    /** The card and its libraries. */
    CudaCard card() {
        return context.card(memory.total(), memory.available(), kernels.compilerVersion());
    }

    @Override
    public long availableBytes() {
        return memory.available();
    }

    @Override
    public long weightBytes(HostTensor tensor) {
        return CudaMemory.occupied(WeightLayout.of(tensor.type()).bytes(tensor));
    }

    @Override
    public DeviceBuffer allocate(String name, long elements) {
        return memory.allocate(name, elements);
    }

    @Override
    public DeviceBuffer allocateInts(String name, long elements) {
        return memory.allocate(name, elements);
    }

    @Override
    public KvSlice allocateCache(String name, int kvHeads, int headDim, int capacity, int largest) {
        return allocateCache(name, kvHeads, headDim, capacity, largest, KvCacheType.F32);
    }

    @Override
    public KvSlice allocateCache(String name, int kvHeads, int headDim, int capacity, int largest, KvCacheType type) {
        return caches.allocate(name, kvHeads, headDim, capacity, largest, type);
    }

    @Override
    public long cacheBytes(int kvHeads, int headDim, int capacity, int largest) {
        return cacheBytes(kvHeads, headDim, capacity, largest, KvCacheType.F32);
    }

    @Override
    public long cacheBytes(int kvHeads, int headDim, int capacity, int largest, KvCacheType type) {
        return CudaCache.bytes(kvHeads, headDim, capacity, largest, type);
    }

    @Override
    public DeviceBuffer loadFloats(HostTensor tensor) {
        float[] values = Dequantizer.rows(tensor, 0, Math.toIntExact(tensor.rows()));
        return upload(tensor.name(), values);
    }

    private CudaBuffer upload(String name, float[] values) {
        CudaBuffer buffer = memory.allocate(name, values.length);
        transfers.uploadFloats(buffer.pointer(), values, 0, values.length);
        return buffer;
    }

    @Override
    public DeviceWeight load(HostTensor tensor) {
        int block = tensor.type().blockSize();
        Checks.check(
                tensor.columns() % block == 0,
                ErrorId.MODEL_UNSUPPORTED,
                () -> "model: weight '" + tensor.name() + "' has " + tensor.columns() + " inputs, type " + tensor.type()
                        + " needs a multiple of " + block);
        WeightLayout layout = WeightLayout.of(tensor.type());
        CudaBuffer buffer = memory.allocate(tensor.name(), (layout.bytes(tensor) + 3) / 4);
        layout.upload(tensor, buffer, transfers);
        return new CudaWeight(
                tensor.name(),
                tensor.type(),
                Math.toIntExact(tensor.rows()),
                Math.toIntExact(tensor.columns()),
                layout.paddedColumns(tensor.columns()),
                buffer,
                layout.headerOffset(tensor),
                kernelsFor(tensor.type()));
    }

    @Override
    public RotaryTable loadRotary(float[] cosines, float[] sines, int positions, int dimensions) {
        return new CudaRotary(dimensions, positions, upload("cosines", cosines), upload("sines", sines));
    }

    @Override
    public void reserveLinear(int maxRows, int maxInputs) {
        linear.reserve(memory, maxRows, maxInputs);
    }

    @Override
    public long linearBytes(int maxRows, int maxInputs) {
        return linear.bytes(maxRows, maxInputs);
    }

    @Override
    public void reserveAttention(AttentionSpec spec, int maxRows, int maxEntries) {
        attention = new CudaAttention(launch, parameters, kernels, memory, spec, maxEntries, precision);
        eviction = new CudaEviction(launch, parameters, kernels, memory, transfers, spec, attention);
        means = memory.allocate("mean keys", (long) spec.kvHeads() * spec.headDim());
    }

    @Override
    public long attentionBytes(AttentionSpec spec, int maxRows, int maxEntries) {
        CudaAttention.requireKernel(spec);
        return CudaAttention.bytes(spec, maxEntries)
                + CudaEviction.bytes(spec, maxEntries)
                + CudaMemory.occupied(4L * spec.kvHeads() * spec.headDim());
    }

    @Override
    public void reserveSampling(int vocabulary) {
        sampler = new CudaSampler(launch, parameters, kernels, memory, transfers, vocabulary);
        surprise = new CudaSurprise(launch, parameters, kernels, memory, vocabulary);
    }

    @Override
    public long samplingBytes(int vocabulary) {
        return CudaSampler.bytes(vocabulary) + CudaSurprise.bytes(vocabulary);
    }

    @Override
    public Optional<StepRecorder> stepRecorder() {
        return steps.enabled() ? Optional.of(steps) : Optional.empty();
    }

    @Override
    public void embed(DeviceWeight table, int[] tokenIds, Matrix out) {
        rows.embed((CudaWeight) table, tokenIds, out);
    }

    @Override
    public void rmsNorm(Matrix in, int count, DeviceBuffer weight, float epsilon, Matrix out, int site) {
        rows.rmsNorm(in, count, weight, epsilon, out, site);
    }

    @Override
    public void linear(Matrix in, int rows, List<Projection> projections, boolean accumulate) {
        linear.run(in, rows, projections, accumulate);
    }

    @Override
    public void linearThenNorm(
            Matrix in, int count, Projection projection, DeviceBuffer weight, float epsilon, Matrix normed, int site) {
        CudaLinear.Norm norm = new CudaLinear.Norm(weight, epsilon, normed, site, rows.fault());
        if (!linear.runThenNorm(in, count, projection, norm)) {
            rows.rmsNorm(projection.out(), count, weight, epsilon, normed, site);
        }
    }

    @Override
    public void gatedActivation(Matrix gateUp, int count, Matrix out) {
        rows.gatedActivation(gateUp, count, out);
    }

    @Override
    public void silu(Matrix x, int count) {
        rows.silu(x, count);
    }

    @Override
    public void gelu(Matrix x, int count) {
        rows.gelu(x, count);
    }

    @Override
    public void append(Matrix keys, Matrix values, KvSegment segment) {
        caches.append(keys, values, List.of(segment));
    }

    @Override
    public void append(Matrix keys, Matrix values, List<KvSegment> segments) {
        caches.append(keys, values, segments);
    }

    @Override
    public void appendAndAttend(
            Matrix queries,
            Matrix keys,
            Matrix values,
            AttentionSpec spec,
            RotaryTable rotary,
            List<KvSegment> segments,
            Matrix out,
            Matrix logSums) {
        if (attention.packs(segments)) {
            CudaCache.grow(segments);
            attention.run(queries, (CudaRotary) rotary, segments, out, logSums, new CudaAttention.New(keys, values));
        } else {
            caches.append(keys, values, segments);
            attention.run(queries, (CudaRotary) rotary, segments, out, logSums, null);
        }
    }

    @Override
    public void attend(
            Matrix queries,
            AttentionSpec spec,
            RotaryTable rotary,
            List<KvSegment> segments,
            Matrix out,
            Matrix logSums) {
        attention.run(queries, (CudaRotary) rotary, segments, out, logSums, null);
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
        attention.mass(queries, (CudaRotary) rotary, segment, tokens, accumulate, logSums);
    }

    @Override
    public void surprise(Matrix in, DeviceWeight output, int[] tokenIds, Matrix out) {
        surprise.run(linear, in, output, tokenIds, out);
    }

    @Override
    public void storeScores(Matrix scores, KvSegment segment, int pooling) {
        caches.storeScores(scores, segment, pooling);
    }

    @Override
    public void scoreByKeyDifference(KvSlice cache) {
        caches.scoreByKeyDifference(cache, means);
    }

    @Override
    public void scoreByRecency(KvSlice cache, int sinks) {
        caches.scoreByRecency(cache, sinks);
    }

    @Override
    public void scoreAtRandom(KvSlice cache, long seed) {
        caches.scoreAtRandom(cache, seed);
    }

    @Override
    public void evict(KvSlice cache, EvictionSpec spec) {
        eviction.evict(cache, spec);
    }

    @Override
    public KvEntries copyEntries(KvSlice cache) {
        return caches.copy(cache);
    }

    @Override
    public void setEntries(KvSlice cache, KvEntries entries) {
        caches.set(cache, entries);
    }

    @Override
    public void gatherRows(Matrix in, int[] indices, Matrix out) {
        rows.gather(in, indices, out);
    }

    @Override
    public int[] sample(Matrix logits, SamplingSpec[] specs) {
        return sampler.sample(logits, specs);
    }

    @Override
    public float[] download(Matrix matrix, int rows) {
        float[] out = new float[rows * matrix.columns()];
        for (int row = 0; row < rows; row++) {
            Matrix at = matrix.from(row);
            transfers.downloadFloats(
                    CudaBuffer.of(at.buffer()).pointer().withByteOffset(4 * at.offset()),
                    out,
                    row * matrix.columns(),
                    matrix.columns());
        }
        return out;
    }

    @Override
    public int[] downloadPositions(KvSlice cache, int head) {
        return caches.positions(cache, head);
    }

    @Override
    public TrainingOperations training(TrainingSpec spec) {
        return new CudaTraining(launch, parameters, kernels, memory, transfers, blas, this, spec);
    }

    @Override
    public long trainingBytes(TrainingSpec spec) {
        return CudaTraining.bytes(spec);
    }

    /** A weight of floats, all zero. */
    CudaWeight zeros(String name, int rows, int columns) {
        int padded = WeightLayout.of(DType.F32).paddedColumns(columns);
        CudaBuffer buffer = memory.allocate(name, (long) rows * padded);
        return new CudaWeight(name, DType.F32, rows, columns, padded, buffer, buffer.bytes(), kernelsFor(DType.F32));
    }

    private WeightKernels kernelsFor(DType type) {
        return weightKernels.computeIfAbsent(type, each -> WeightKernels.load(kernels, each));
    }

    @Override
    public int takeFault() {
        return rows.takeFault();
    }

    @Override
    public void close() {
        steps.close();
        blas.close();
        context.close();
    }
}
