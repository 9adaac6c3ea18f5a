package dev.locret.backend.cpu;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.locret.backend.AttentionSpec;
import dev.locret.backend.AttentionSpec.PositionMode;
import dev.locret.backend.DeviceBuffer;
import dev.locret.backend.EvictionSpec;
import dev.locret.backend.KvCacheType;
import dev.locret.backend.KvEntries;
import dev.locret.backend.KvSegment;
import dev.locret.backend.KvSlice;
import dev.locret.backend.Matrix;
import dev.locret.common.LocretException;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What leaves a cache is what was appended, in plain order, and comes back under any kernels. */
class CpuCacheCopyTest {
    @ParameterizedTest
    @CsvSource({"vector, fallback, 3, 64, 37", "fallback, vector, 2, 24, 130", "vector, vector, 1, 96, 1"})
    void entriesSurviveTheWayOutAndIntoAnotherLayout(String from, String to, int kvHeads, int headDim, int rows) {
        try (CpuBackend first = new CpuBackend(2, from);
                CpuBackend second = new CpuBackend(1, to)) {
            first.reserveAttention(new AttentionSpec(kvHeads, kvHeads, headDim, 1, PositionMode.CACHE), rows, rows + 9);
            Random random = new Random(rows);
            float[] keys = gaussian(random, rows * kvHeads * headDim);
            float[] values = gaussian(random, rows * kvHeads * headDim);
            float[] scores = gaussian(random, rows * kvHeads);
            KvSlice cache = first.allocateCache("first", kvHeads, headDim, rows + 9);
            KvSegment segment = new KvSegment(cache, 0, rows, 1000);
            first.append(matrix(first, keys, kvHeads * headDim), matrix(first, values, kvHeads * headDim), segment);
            first.storeScores(matrix(first, scores, kvHeads), segment, 1);
            // Heads of different lengths, as pooled budgets leave them.
            int[] budgets = new int[kvHeads];
            for (int head = 0; head < kvHeads; head++) {
                budgets[head] = rows - head;
            }
            first.evict(cache, new EvictionSpec(budgets, 0, rows - kvHeads));

            KvEntries out = first.copyEntries(cache);
            for (int head = 0; head < kvHeads; head++) {
                int[] positions = first.downloadPositions(cache, head);
                assertThat(out.lengths()[head]).isEqualTo(rows - head).isEqualTo(positions.length);
                for (int entry = 0; entry < positions.length; entry++) {
                    int at = out.first(head) + entry;
                    int row = positions[entry] - 1000;
                    assertThat(out.positions()[at]).isEqualTo(positions[entry]);
                    assertThat(out.scores()[at]).isEqualTo(scores[row * kvHeads + head]);
                    for (int j = 0; j < headDim; j++) {
                        int source = (row * kvHeads + head) * headDim + j;
                        assertThat(out.keys().plain()[at * headDim + j]).isEqualTo(keys[source]);
                        assertThat(out.values().plain()[at * headDim + j]).isEqualTo(values[source]);
                    }
                }
            }

            KvSlice other = second.allocateCache("second", kvHeads, headDim, rows + 2);
            second.setEntries(other, out);
            assertThat(second.copyEntries(other)).usingRecursiveComparison().isEqualTo(out);
        }
    }

    @Test
    void entriesThatDoNotFitAreRefused() {
        try (CpuBackend backend = new CpuBackend(1)) {
            KvSlice cache = backend.allocateCache("cache", 2, 8, 4);
            assertThatThrownBy(() -> backend.setEntries(cache, KvEntries.allocate(new int[] {4, 5}, 8)))
                    .isInstanceOf(LocretException.class)
                    .hasMessage("cache: entries do not fit: entries=[4, 5], capacity=4 of each KV head");
            assertThatThrownBy(() -> backend.setEntries(cache, KvEntries.allocate(new int[] {4}, 16)))
                    .isInstanceOf(LocretException.class)
                    .hasMessage("cache: entries of another shape: kv-heads=1, head-dim=16, expected=2 and 8");
            KvEntries halves = KvEntries.allocate(new int[] {4, 4}, 8, KvCacheType.F16);
            assertThatThrownBy(() -> backend.setEntries(cache, halves))
                    .isInstanceOf(LocretException.class)
                    .hasMessage("cache: entries of another type: kv-cache-type=f16, expected=f32");
            assertThat(cache.longest()).isZero();
        }
    }

    private static float[] gaussian(Random random, int count) {
        float[] values = new float[count];
        for (int i = 0; i < count; i++) {
            values[i] = (float) random.nextGaussian();
        }
        return values;
    }

    private static Matrix matrix(CpuBackend backend, float[] content, int columns) {
        DeviceBuffer buffer = backend.allocate("matrix", content.length);
        System.arraycopy(content, 0, CpuBuffer.floats(buffer), 0, content.length);
        return Matrix.of(buffer, columns);
    }
}
