package dev.locret.backend.cuda;

import static org.assertj.core.api.Assertions.assertThat;

import dev.locret.backend.AttentionSpec;
import dev.locret.backend.AttentionSpec.PositionMode;
import dev.locret.backend.Backend;
import dev.locret.backend.KvCacheType;
import dev.locret.backend.KvEntries;
import dev.locret.backend.KvSegment;
import dev.locret.backend.KvSlice;
import dev.locret.backend.Matrix;
import dev.locret.backend.RotaryTable;
import dev.locret.backend.check.SampleTensors;
import dev.locret.backend.cpu.CpuBackend;
import dev.locret.testing.EmulatedCuda;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Attention and what is scored by it against the CPU's scalar kernels, with a length of its own for each KV head. */
@EnabledOnOs(value = OS.LINUX, architectures = "amd64")
class CudaAttentionTest {
    private static final int POSITIONS = 700;
    /** Order of f32 sums, and another exponential: weights sum to one, so 1e-6 of a value of size 1, squared. */
    private static final double FULL = 1e-11;
    /** Queries, keys, weights and values of 11 bits, logits of size about 5. */
    private static final double HALF = 1e-5;

    private EmulatedCuda emulation;

    @BeforeEach
    void install() {
        emulation = EmulatedCuda.install();
    }

    /** Sizes: query heads, KV heads, head dimension, rotated dimensions, cached entries, and rows of each segment. */
    @ParameterizedTest
    @CsvSource({
        "'', 9, 3, 64, 64, 0, 33",
        "'', 9, 3, 64, 64, 300, 61 1",
        "'', 4, 2, 96, 64, 129, 31",
        "'', 4, 1, 128, 128, 255, 127",
        "'', 6, 2, 16, 16, 127, 1",
        "'', 6, 2, 16, 16, 515, 1 2 8 1",
        "'', 4, 4, 24, 20, 511, 33 3",
        "'', 7, 1, 64, 64, 33, 8 7",
        "'', 18, 1, 8, 8, 31, 5 40",
        "'', 24, 2, 64, 48, 300, 1 2",
        "check, 7, 1, 96, 96, 300, 1",
        "check, 6, 2, 64, 64, 65, 33 1",
        "check, 4, 4, 24, 20, 31, 9 3",
        "strict, 6, 2, 64, 64, 65, 33 1",
        "strict, 6, 2, 16, 16, 300, 1 1 1"
    })
    void attendsAndScoresAsTheCpu(
            String mode, int heads, int kvHeads, int dim, int rotated, int cached, String segments) {
        if (mode.equals("check")) {
            emulation.check();
        } else if (mode.equals("strict")) {
            emulation.strict().order(11);
        } else {
            emulation.order(-1).guardInFront();
        }
        for (PositionMode positions : PositionMode.values()) {
            KvCacheType compact = dim % 32 == 0 ? KvCacheType.Q8_0 : KvCacheType.F16;
            KvCacheType type = positions == PositionMode.CACHE ? KvCacheType.F32 : compact;
            AttentionSpec spec = new AttentionSpec(heads, kvHeads, dim, 0.9f / (float) Math.sqrt(dim), positions);
            int[] rows = List.of(segments.split(" ")).stream()
                    .mapToInt(Integer::parseInt)
                    .toArray();
            try (Backend cuda = CudaBackend.open(0);
                    Backend cpu = new CpuBackend(1, "fallback")) {
                Results expected = run(cpu, spec, type, rotated, cached, rows);
                Results actual = run(cuda, spec, type, rotated, cached, rows);
                boolean halves = (dim == 64 || dim == 96 || dim == 128)
                        && Arrays.stream(rows).anyMatch(r -> r > 8);
                double bound = halves ? HALF : FULL;
                assertThat(SampleTensors.error(actual.out, expected.out)).isLessThan(bound);
                assertThat(SampleTensors.error(actual.logSums, expected.logSums))
                        .isLessThan(bound);
                for (int i = 0; i < expected.scores.size(); i++) {
                    assertThat(SampleTensors.error(actual.scores.get(i), expected.scores.get(i)))
                            .as("scores after step %s", i)
                            .isLessThan(halves ? HALF : FULL);
                }
            }
        }
    }

    private record Results(float[] out, float[] logSums, List<float[]> scores) {}

    private static Results run(
            Backend backend, AttentionSpec spec, KvCacheType type, int rotated, int cached, int[] rows) {
        Random random = new Random(spec.heads() + cached);
        int dim = spec.headDim();
        backend.reserveAttention(spec, 200, POSITIONS);
        RotaryTable rotary = rotary(backend, rotated);
        List<KvSegment> segments = new ArrayList<>();
        int first = 0;
        for (int count : rows) {
            KvSlice cache = backend.allocateCache("cache", spec.kvHeads(), dim, POSITIONS, POSITIONS, type);
            backend.setEntries(cache, entries(random, spec, type, cached));
            segments.add(new KvSegment(cache, first, count, cached + 3));
            first += count;
        }
        int width = spec.kvHeads() * dim;
        Matrix keys = SampleTensors.matrix(backend, SampleTensors.gaussian(random, first * width), width);
        Matrix values = SampleTensors.matrix(backend, SampleTensors.gaussian(random, first * width), width);
        Matrix queries = SampleTensors.matrix(
                backend, SampleTensors.gaussian(random, first * spec.heads() * dim), spec.heads() * dim);
        Matrix out = Matrix.of(backend.allocate("out", (long) first * spec.heads() * dim), spec.heads() * dim);
        Matrix logSums = Matrix.of(backend.allocate("sums", (long) first * spec.heads()), spec.heads());
        segments.forEach(s -> backend.append(keys, values, s));
        backend.attend(queries, spec, rotary, segments, out, logSums);
        List<float[]> scores = new ArrayList<>();
        for (KvSegment each : segments) {
            for (boolean accumulate : new boolean[] {false, true}) {
                int tokens = accumulate ? each.rows() : Math.min(3, each.rows());
                backend.scoreByAttention(queries, spec, rotary, each, tokens, accumulate, logSums);
                scores.add(backend.copyEntries(each.cache()).scores());
            }
        }
        return new Results(backend.download(out, first), backend.download(logSums, first), scores);
    }

    private static RotaryTable rotary(Backend backend, int dimensions) {
        float[] cosines = new float[POSITIONS * dimensions / 2];
        float[] sines = new float[cosines.length];
        for (int i = 0; i < cosines.length; i++) {
            double angle = i / (dimensions / 2) * Math.pow(100, -2.0 * (i % (dimensions / 2)) / dimensions);
            cosines[i] = (float) Math.cos(angle);
            sines[i] = (float) Math.sin(angle);
        }
        return backend.loadRotary(cosines, sines, POSITIONS, dimensions);
    }

    /** Each further head has an entry less, as budgets shared by heads leave them. */
    private static KvEntries entries(Random random, AttentionSpec spec, KvCacheType type, int cached) {
        int[] lengths = new int[spec.kvHeads()];
        for (int head = 0; head < lengths.length; head++) {
            lengths[head] = Math.max(0, cached - head);
        }
        KvEntries out = KvEntries.allocate(lengths, spec.headDim(), type);
        SampleTensors.fill(random, out);
        for (int head = 0; head < lengths.length; head++) {
            for (int entry = 0; entry < lengths[head]; entry++) {
                out.positions()[out.first(head) + entry] = entry + head;
                out.scores()[out.first(head) + entry] = random.nextFloat();
            }
        }
        return out;
    }
}
