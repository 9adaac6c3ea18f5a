package dev.locret.backend.cuda;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.locret.backend.AttentionSpec;
import dev.locret.backend.AttentionSpec.PositionMode;
import dev.locret.backend.Backend;
import dev.locret.backend.DeviceWeight;
import dev.locret.backend.EvictionSpec;
import dev.locret.backend.EvictionSpec.Sharing;
import dev.locret.backend.EvictionSpec.ValueNorm;
import dev.locret.backend.KvCacheType;
import dev.locret.backend.KvEntries;
import dev.locret.backend.KvSegment;
import dev.locret.backend.KvSlice;
import dev.locret.backend.Matrix;
import dev.locret.backend.check.SampleTensors;
import dev.locret.backend.cpu.CpuBackend;
import dev.locret.testing.EmulatedCuda;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What scores and evicts against the CPU: the same entries stay, and all that belongs to them. */
@EnabledOnOs(value = OS.LINUX, architectures = "amd64")
class CudaEvictionTest {
    private static final int KV_HEADS = 3;
    private static final int DIM = 32;
    private static final int CAPACITY = 1300;

    private EmulatedCuda emulation;

    @BeforeEach
    void install() {
        emulation = EmulatedCuda.install();
    }

    @ParameterizedTest
    @CsvSource({
        "'', 33, 1, 0, 0, 1, false",
        "'', 129, 127, 3, 9, 1, false",
        "'', 1200, 1025, 5, 31, 5, false",
        "'', 1200, 33, 0, 31, 1, true",
        "strict, 300, 129, 5, 31, 3, true",
        "check, 129, 33, 5, 7, 3, false",
        "check, 129, 31, 1, 7, 1, true"
    })
    void keepsTheSameEntriesAsTheCpu(
            String mode, int entries, int budget, int pinned, int recent, int pooling, boolean shared) {
        if (mode.equals("check")) {
            emulation.check();
        } else if (mode.equals("strict")) {
            emulation.strict().order(5);
        }
        for (String norm : List.of("none", "factor", "logarithm")) {
            KvCacheType type =
                    switch (norm) {
                        case "none" -> KvCacheType.Q8_0;
                        case "factor" -> KvCacheType.F16;
                        default -> KvCacheType.F32;
                    };
            try (Backend cuda = CudaBackend.open(0);
                    Backend cpu = new CpuBackend(1, "fallback")) {
                KvEntries expected = evict(cpu, entries, budget, pinned, recent, pooling, shared, norm, type);
                KvEntries actual = evict(cuda, entries, budget, pinned, recent, pooling, shared, norm, type);
                assertThat(actual.lengths()).isEqualTo(expected.lengths());
                KvEntries all = filled(entries, type);
                for (int head = 0; head < KV_HEADS; head++) {
                    int[] kept = best(all, head, expected.lengths()[head], pinned, recent, pooling, norm);
                    for (int i = 0; i < kept.length; i++) {
                        int from = all.first(head) + kept[i];
                        int to = actual.first(head) + i;
                        assertThat(actual.positions()[to]).as("%s %s", head, i).isEqualTo(all.positions()[from]);
                        assertThat(actual.scores()[to]).isEqualTo(all.scores()[from]);
                        assertThat(row(actual.keyFloats(), to)).isEqualTo(row(all.keyFloats(), from));
                        assertThat(row(actual.valueFloats(), to)).isEqualTo(row(all.valueFloats(), from));
                    }
                }
            }
        }
    }

    private static float[] row(float[] rows, int entry) {
        return Arrays.copyOfRange(rows, entry * DIM, entry * DIM + DIM);
    }

    /** The entries of a head that stay, ascending; of equal ones, which pooling makes many, the later. */
    private static int[] best(KvEntries all, int head, int keep, int pinned, int recent, int pooling, String norm) {
        int first = all.first(head);
        int length = all.lengths()[head];
        double[] ranks = new double[length];
        float[] values = all.valueFloats();
        for (int entry = 0; entry < length; entry++) {
            if (entry >= length - recent || all.positions()[first + entry] < pinned) {
                ranks[entry] = Double.POSITIVE_INFINITY;
                continue;
            }
            double score = Double.NEGATIVE_INFINITY;
            for (int near = entry - pooling / 2; near <= entry + pooling / 2; near++) {
                score = near < 0 || near >= length ? score : Math.max(score, all.scores()[first + near]);
            }
            double square = 0;
            for (int i = 0; i < DIM; i++) {
                square += Math.pow(values[(first + entry) * DIM + i], 2) * (1 + i + head);
            }
            ranks[entry] = norm.equals("none")
                    ? score
                    : norm.equals("factor") ? score * Math.sqrt(square) : score + 0.5 * Math.log(square);
        }
        return IntStream.range(0, length)
                .boxed()
                .sorted((a, b) -> ranks[a] != ranks[b] ? Double.compare(ranks[b], ranks[a]) : b - a)
                .limit(keep)
                .mapToInt(i -> i)
                .sorted()
                .toArray();
    }

    private static AttentionSpec spec() {
        return new AttentionSpec(KV_HEADS, KV_HEADS, DIM, 1, PositionMode.CACHE);
    }

    private static KvEntries filled(int entries, KvCacheType type) {
        Random random = new Random(entries);
        int[] lengths = {entries, entries - 1, Math.max(1, entries / 2)};
        KvEntries filled = KvEntries.allocate(lengths, DIM, type);
        SampleTensors.fill(random, filled);
        for (int head = 0; head < KV_HEADS; head++) {
            for (int entry = 0; entry < lengths[head]; entry++) {
                filled.positions()[filled.first(head) + entry] = 2 * entry + 1;
                filled.scores()[filled.first(head) + entry] = (float) random.nextGaussian();
            }
        }
        return filled;
    }

    private static KvEntries evict(
            Backend backend,
            int entries,
            int budget,
            int pinned,
            int recent,
            int pooling,
            boolean shared,
            String norm,
            KvCacheType type) {
        backend.reserveAttention(spec(), 10, CAPACITY);
        KvSlice cache = backend.allocateCache("cache", KV_HEADS, DIM, shared ? 1210 : CAPACITY, CAPACITY, type);
        backend.setEntries(cache, filled(entries, type));
        List<DeviceWeight> grams = new ArrayList<>();
        for (int head = 0; head < KV_HEADS; head++) {
            float[] gram = new float[DIM * DIM];
            for (int i = 0; i < DIM; i++) {
                gram[i * DIM + i] = 1 + i + head;
            }
            grams.add(backend.load(SampleTensors.floats("gram", gram, DIM)));
        }
        int[] budgets = new int[KV_HEADS];
        Arrays.fill(budgets, budget);
        ValueNorm valueNorm = norm.equals("none") ? null : new ValueNorm(grams, norm.equals("logarithm"));
        Sharing sharing = shared ? new Sharing(budget / 3, 2 * budget) : null;
        backend.evict(cache, new EvictionSpec(budgets, pinned, recent, sharing, pooling, valueNorm, 0, false));
        KvEntries kept = backend.copyEntries(cache);
        // What is appended behind lies where it belongs.
        float[] row = new float[KV_HEADS * DIM];
        Arrays.fill(row, 7);
        Matrix added = SampleTensors.matrix(backend, row, row.length);
        backend.append(added, added, new KvSegment(cache, 0, 1, 5000));
        KvEntries after = backend.copyEntries(cache);
        for (int head = 0; head < KV_HEADS; head++) {
            assertThat(after.positions()[after.first(head) + after.lengths()[head] - 1])
                    .isEqualTo(5000);
            assertThat(after.keyFloats()[(after.first(head) + after.lengths()[head] - 1) * DIM])
                    .isBetween(6.99f, 7f);
        }
        return kept;
    }

    @Test
    void amongEqualScoresTheLaterEntriesStay() {
        try (Backend backend = CudaBackend.open(0)) {
            backend.reserveAttention(spec(), 10, CAPACITY);
            KvSlice cache = backend.allocateCache("cache", KV_HEADS, DIM, CAPACITY);
            KvEntries equal = KvEntries.allocate(new int[] {1100, 1100, 1100}, DIM);
            for (int i = 0; i < equal.entries(); i++) {
                equal.positions()[i] = i % 1100;
                equal.scores()[i] = i % 1100 == 17 ? 2 : i % 2 == 0 ? -0f : 0f;
            }
            backend.setEntries(cache, equal);
            backend.evict(cache, new EvictionSpec(new int[] {4, 5, 1100}, 1, 0));
            assertThat(backend.downloadPositions(cache, 0)).containsExactly(0, 17, 1098, 1099);
            assertThat(backend.downloadPositions(cache, 1)).containsExactly(0, 17, 1097, 1098, 1099);
            assertThat(backend.downloadPositions(cache, 2)).hasSize(1100);
        }
    }

    @Test
    void whatDecaysIsComparedByItsAge() {
        try (Backend cuda = CudaBackend.open(0);
                Backend cpu = new CpuBackend(1, "fallback")) {
            List<int[]> kept = new ArrayList<>();
            for (Backend backend : List.of(cuda, cpu)) {
                backend.reserveAttention(spec(), 10, CAPACITY);
                KvSlice cache = backend.allocateCache("cache", KV_HEADS, DIM, CAPACITY);
                backend.setEntries(cache, filled(500, KvCacheType.F32));
                backend.evict(cache, new EvictionSpec(new int[] {77, 77, 77}, 3, 5, null, 1, null, 1001, false));
                kept.add(backend.downloadPositions(cache, 1));
            }
            assertThat(kept.get(0)).isEqualTo(kept.get(1)).hasSize(77);
        }
    }

    @Test
    void cachesWhoseBlocksHeadsDoNotFillAreRefused() {
        try (Backend backend = CudaBackend.open(0)) {
            assertThatThrownBy(() -> backend.allocateCache("cache", 2, 48, 100, 100, KvCacheType.Q8_0))
                    .hasMessage("kv-cache-type=q8_0 needs a head dimension that is a multiple of 32: head-dim=48");
        }
    }

    @ParameterizedTest
    @CsvSource({"'', 1", "'', 33", "'', 129", "check, 33"})
    void scoresWithoutAttentionAsTheCpu(String mode, int entries) {
        if (mode.equals("check")) {
            emulation.check();
        }
        try (Backend cuda = CudaBackend.open(0);
                Backend cpu = new CpuBackend(1, "fallback")) {
            for (KvCacheType type : new KvCacheType[] {KvCacheType.F32, KvCacheType.F16, KvCacheType.Q8_0}) {
                List<float[]> expected = scores(cpu, entries, type);
                List<float[]> actual = scores(cuda, entries, type);
                assertThat(actual.get(0)).isEqualTo(expected.get(0));
                assertThat(actual.get(1)).isEqualTo(expected.get(1));
                assertThat(actual.get(2)).isEqualTo(expected.get(2));
                // Cosines of sums of up to 129 keys in another order.
                assertThat(SampleTensors.error(actual.get(3), expected.get(3))).isLessThan(1e-11);
            }
        }
    }

    private static List<float[]> scores(Backend backend, int entries, KvCacheType type) {
        Random random = new Random(entries);
        backend.reserveAttention(spec(), 200, CAPACITY);
        KvSlice cache = backend.allocateCache("cache", KV_HEADS, DIM, CAPACITY, CAPACITY, type);
        int width = KV_HEADS * DIM;
        Matrix keys = SampleTensors.matrix(backend, SampleTensors.gaussian(random, (entries + 2) * width), width);
        KvSegment segment = new KvSegment(cache, 2, entries, 40);
        backend.append(keys, keys, segment);
        Matrix given =
                SampleTensors.matrix(backend, SampleTensors.gaussian(random, (entries + 2) * KV_HEADS), KV_HEADS);
        List<float[]> out = new ArrayList<>();
        backend.storeScores(given, segment, 5);
        out.add(backend.copyEntries(cache).scores());
        backend.scoreByRecency(cache, 42);
        out.add(backend.copyEntries(cache).scores());
        backend.scoreAtRandom(cache, -77);
        out.add(backend.copyEntries(cache).scores());
        backend.scoreByKeyDifference(cache);
        out.add(backend.copyEntries(cache).scores());
        return out;
    }
}
