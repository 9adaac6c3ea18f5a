package dev.locret.backend.cpu;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.data.Offset.offset;

import dev.locret.backend.AttentionSpec;
import dev.locret.backend.AttentionSpec.PositionMode;
import dev.locret.backend.DeviceBuffer;
import dev.locret.backend.EvictionSpec;
import dev.locret.backend.KvCacheType;
import dev.locret.backend.KvEntries;
import dev.locret.backend.KvSegment;
import dev.locret.backend.KvSlice;
import dev.locret.backend.Matrix;
import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What an eviction merges, against the definition in double arithmetic. */
class EntryMergingTest {
    private static final int KV_HEADS = 2;
    private static final int DIM = 32;
    private static final int ROWS = 200;

    /** Bounds: roundings of sums of about a hundred numbers, and of the type on values of up to four. */
    @ParameterizedTest
    @CsvSource({
        "vector, F32, false, 2e-6",
        "fallback, F32, false, 2e-6",
        "vector, F32, true, 2e-6",
        "vector, F16, false, 2e-3",
        "fallback, Q8_0, false, 0.02",
        "vector, Q8_0, true, 0.02",
        "vector, Q4_0, false, 0.6"
    })
    void valuesGoToTheNearestKeyThatStays(String kernels, KvCacheType type, boolean shared, double bound) {
        Random random = new Random(5);
        try (CpuBackend backend = new CpuBackend(2, kernels)) {
            backend.reserveAttention(new AttentionSpec(KV_HEADS, KV_HEADS, DIM, 1, PositionMode.CACHE), ROWS, 2 * ROWS);
            KvSlice cache = backend.allocateCache("cache", KV_HEADS, DIM, ROWS, shared ? 2 * ROWS : ROWS, type);
            KvSegment segment = new KvSegment(cache, 0, ROWS, 0);
            backend.append(matrix(backend, random, KV_HEADS * DIM), matrix(backend, random, KV_HEADS * DIM), segment);
            backend.storeScores(matrix(backend, random, KV_HEADS), segment, 1);
            KvEntries before = backend.copyEntries(cache);
            EvictionSpec.Sharing sharing = shared ? new EvictionSpec.Sharing(10, ROWS) : null;
            backend.evict(cache, new EvictionSpec(new int[] {90, 70}, 4, 11, sharing, 1, null, 0, true));
            KvEntries after = backend.copyEntries(cache);
            assertThat(after.entries()).isEqualTo(160);
            int merged = 0;
            for (int head = 0; head < KV_HEADS; head++) {
                merged += verify(before, after, head, bound);
            }
            // About half of the 240 that were dropped were nearer than the mean.
            assertThat(merged).isBetween(90, 150);
        }
    }

    private static int verify(KvEntries before, KvEntries after, int head, double bound) {
        float[] keys = before.keyFloats();
        float[] values = before.valueFloats();
        int[] kept =
                Arrays.copyOfRange(after.positions(), after.first(head), after.first(head) + after.lengths()[head]);
        double[] best = new double[ROWS];
        int[] nearest = new int[ROWS];
        double mean = 0;
        for (int i = 0; i < ROWS; i++) {
            best[i] = Double.NEGATIVE_INFINITY;
            for (int to : kept) {
                double cosine = cosine(keys, (head * ROWS + i) * DIM, (head * ROWS + to) * DIM);
                if (cosine > best[i]) {
                    best[i] = cosine;
                    nearest[i] = to;
                }
            }
            mean += Arrays.binarySearch(kept, i) < 0 ? best[i] / (ROWS - kept.length) : 0;
        }
        int merged = 0;
        float[] actual = after.valueFloats();
        for (int k = 0; k < kept.length; k++) {
            double[] sum = new double[DIM];
            double weights = add(sum, values, head * ROWS + kept[k], Math.E);
            for (int i = 0; i < ROWS; i++) {
                if (Arrays.binarySearch(kept, i) < 0 && nearest[i] == kept[k] && best[i] >= mean) {
                    weights += add(sum, values, head * ROWS + i, Math.exp(best[i]));
                    merged++;
                }
            }
            for (int j = 0; j < DIM; j++) {
                assertThat((double) actual[(after.first(head) + k) * DIM + j])
                        .isCloseTo(sum[j] / weights, offset(bound));
            }
        }
        return merged;
    }

    private static double add(double[] sum, float[] values, int row, double weight) {
        for (int j = 0; j < DIM; j++) {
            sum[j] += weight * values[row * DIM + j];
        }
        return weight;
    }

    private static double cosine(float[] x, int a, int b) {
        double dot = 0;
        double first = 0;
        double second = 0;
        for (int j = 0; j < DIM; j++) {
            dot += (double) x[a + j] * x[b + j];
            first += (double) x[a + j] * x[a + j];
            second += (double) x[b + j] * x[b + j];
        }
        return dot / Math.sqrt(first * second);
    }

    private static Matrix matrix(CpuBackend backend, Random random, int columns) {
        DeviceBuffer buffer = backend.allocate("matrix", ROWS * columns);
        float[] content = CpuBuffer.floats(buffer);
        for (int i = 0; i < content.length; i++) {
            content[i] = (float) random.nextGaussian();
        }
        return Matrix.of(buffer, columns);
    }
}
