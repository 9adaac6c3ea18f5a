package dev.locret.benchmark;

import dev.locret.backend.AttentionSpec;
import dev.locret.backend.Backend;
import dev.locret.backend.DeviceWeight;
import dev.locret.backend.EvictionSpec;
import dev.locret.backend.KvSegment;
import dev.locret.backend.KvSlice;
import dev.locret.backend.Matrix;
import dev.locret.backend.Projection;
import dev.locret.backend.RotaryTable;
import dev.locret.backend.SamplingSpec;
import dev.locret.backend.cpu.CpuBackend;
import dev.locret.tensor.DType;
import dev.locret.tensor.HostTensor;
import dev.locret.tensor.Shape;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.List;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;

/**
 * The backend's operations at the sizes of one layer of SmolLM2-135M, on one thread. {@code docs/performance.md} says
 * how to run it and which share of the roofline each reaches; the operations of each are in its comment.
 */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
@Warmup(iterations = 4, time = 2)
@Measurement(iterations = 4, time = 2)
@Fork(
        value = 1,
        jvmArgsAppend = {"--add-modules", "jdk.incubator.vector"})
public class OperationBenchmark {
    private static final int CHUNK = 512;
    private static final int HIDDEN = 576;
    private static final int INNER = 1536;
    private static final int CACHED = 1024;
    private static final AttentionSpec ATTENTION =
            new AttentionSpec(9, 3, 64, 0.125f, AttentionSpec.PositionMode.CACHE);

    @Param({"vector", "fallback"})
    public String kernels;

    private Backend backend;
    private DeviceWeight gateUp;
    private DeviceWeight vocabulary;
    private Matrix hidden;
    private Matrix inner;
    private Matrix activated;
    private Matrix logits;
    private RotaryTable rotary;
    private KvSlice cache;

    @Setup
    public void allocate() {
        backend = new CpuBackend(1, kernels);
        gateUp = backend.load(random(DType.Q4_1, 2 * INNER, HIDDEN));
        vocabulary = backend.load(random(DType.Q8_0, 49_152, HIDDEN));
        hidden = matrix(CHUNK, HIDDEN);
        inner = matrix(CHUNK, 2 * INNER);
        activated = matrix(CHUNK, INNER);
        logits = matrix(1, 49_152);
        int entries = CACHED + CHUNK;
        rotary = backend.loadRotary(new float[entries * 32], new float[entries * 32], entries, 64);
        backend.reserveLinear(CHUNK, INNER);
        backend.reserveAttention(ATTENTION, CHUNK, entries);
        backend.reserveSampling(logits.columns());
        cache = backend.allocateCache("cache", 3, 64, entries);
    }

    @TearDown
    public void close() {
        backend.close();
    }

    private Matrix matrix(int rows, int columns) {
        return Matrix.of(backend.allocate("matrix", (long) rows * columns), columns);
    }

    private static HostTensor random(DType type, int rows, int columns) {
        ByteBuffer bytes =
                ByteBuffer.allocate(Math.toIntExact(rows * type.bytes(columns))).order(ByteOrder.LITTLE_ENDIAN);
        new Random(1).nextBytes(bytes.array());
        for (int at = 0; at < bytes.capacity(); at += type.blockBytes()) {
            bytes.putInt(at, 0x1c001c00);
        }
        return new HostTensor("random", type, Shape.of(rows, columns), (offset, length) -> bytes.slice(
                        Math.toIntExact(offset), length)
                .order(ByteOrder.LITTLE_ENDIAN));
    }

    private void holdEntries(int entries) {
        for (int head = 0; head < 3; head++) {
            cache.setLength(head, entries);
        }
    }

    /** 2 · 512 · 3072 · 576 = 1.81 GFLOP. */
    @Benchmark
    public void linearOfAChunk() {
        backend.linear(hidden, CHUNK, List.of(new Projection(gateUp, null, inner)), false);
    }

    /** 2 · 3072 · 576 = 3.5 MFLOP over 1.1 MB of weights. */
    @Benchmark
    public void linearOfOneToken() {
        backend.linear(hidden, 1, List.of(new Projection(gateUp, null, inner)), false);
    }

    /** 2 · 49152 · 576 = 57 MFLOP over 32 MB of weights. */
    @Benchmark
    public void logitsOfOneToken() {
        backend.linear(hidden, 1, List.of(new Projection(vocabulary, null, logits)), false);
    }

    /** 4 · 512 · 9 · 64 · (1024 + 256) = 1.51 GFLOP. */
    @Benchmark
    public void attentionOfAChunk() {
        holdEntries(CACHED + CHUNK);
        backend.attend(hidden, ATTENTION, rotary, List.of(new KvSegment(cache, 0, CHUNK, CACHED)), hidden);
    }

    /** 4 · 9 · 64 · 1025 = 2.4 MFLOP over 1.6 MB of keys and values. */
    @Benchmark
    public void attentionOfOneToken() {
        holdEntries(CACHED + 1);
        backend.attend(hidden, ATTENTION, rotary, List.of(new KvSegment(cache, 0, 1, CACHED)), hidden);
    }

    /** 512 · 1536 activations, read twice and written once. */
    @Benchmark
    public void gatedActivationOfAChunk() {
        backend.gatedActivation(inner, CHUNK, activated);
    }

    /** Selection of 1024 of 1536 entries and compaction, in three heads. */
    @Benchmark
    public void evictionAfterAChunk() {
        holdEntries(CACHED + CHUNK);
        backend.scoreByRecency(cache, 4);
        backend.evict(cache, new EvictionSpec(new int[] {CACHED, CACHED, CACHED}, 0, 64));
    }

    /** Greedy choice among 49152 logits. */
    @Benchmark
    public int[] sampling() {
        return backend.sample(logits, new SamplingSpec[] {SamplingSpec.GREEDY});
    }
}
