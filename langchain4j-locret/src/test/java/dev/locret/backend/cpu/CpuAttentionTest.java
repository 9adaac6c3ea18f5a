package dev.locret.backend.cpu;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.data.Offset.offset;

import dev.locret.backend.AttentionSpec;
import dev.locret.backend.AttentionSpec.PositionMode;
import dev.locret.backend.DeviceBuffer;
import dev.locret.backend.KvSegment;
import dev.locret.backend.KvSlice;
import dev.locret.backend.Matrix;
import dev.locret.backend.RotaryTable;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Attention against double arithmetic, at odd sizes and with a length of its own for each KV head. */
class CpuAttentionTest {
    private static final int POSITIONS = 700;

    @ParameterizedTest
    @CsvSource({
        "vector, 9, 3, 64, 0, 5",
        "vector, 9, 3, 64, 300, 61",
        "vector, 6, 2, 16, 129, 1",
        "vector, 4, 4, 24, 511, 130",
        "vector, 8, 1, 96, 77, 3",
        "vector, 9, 3, 64, 650, 3",
        "fallback, 6, 2, 16, 515, 2",
        "fallback, 9, 3, 64, 300, 61",
        "fallback, 6, 2, 16, 129, 1",
        "fallback, 4, 4, 24, 0, 2"
    })
    void attendsToAllEntriesAndCausallyToNewOnes(
            String kernels, int heads, int kvHeads, int headDim, int cached, int rows) {
        Random random = new Random(heads + cached);
        AttentionSpec spec = new AttentionSpec(heads, kvHeads, headDim, 0.2f, PositionMode.CACHE);
        try (CpuBackend backend = new CpuBackend(2, kernels)) {
            backend.reserveAttention(spec, rows, POSITIONS);
            float[] cosines = gaussian(random, POSITIONS * headDim / 2);
            float[] sines = gaussian(random, POSITIONS * headDim / 2);
            RotaryTable rotary = backend.loadRotary(cosines, sines, POSITIONS, headDim);
            KvSlice cache = backend.allocateCache("cache", kvHeads, headDim, POSITIONS);
            // Lengths differ from head to head, as budgets pooled over heads leave them.
            float[][] keys = new float[kvHeads][];
            float[][] values = new float[kvHeads][];
            fill(backend, cache, random, cached + rows, keys, values, rows);
            Matrix queries = matrix(backend, gaussian(random, rows * heads * headDim), heads * headDim);
            Matrix out = matrix(backend, new float[rows * heads * headDim], heads * headDim);
            Matrix logSums = matrix(backend, new float[rows * heads], heads);
            KvSegment segment = new KvSegment(cache, 0, rows, cached);
            backend.attend(queries, spec, rotary, List.of(segment), out, logSums);
            float[][] before = scores(cache);
            backend.scoreByAttention(queries, spec, rotary, segment, rows, true, logSums);
            float[][] all = scores(cache);
            backend.scoreByAttention(queries, spec, rotary, segment, 1, false, logSums);
            float[][] last = scores(cache);
            double[][][] mass = new double[2][kvHeads][cache.longest()];
            float[] q = backend.download(queries, rows);
            float[] actual = backend.download(out, rows);
            for (int row = 0; row < rows; row++) {
                for (int head = 0; head < heads; head++) {
                    int kv = head / (heads / kvHeads);
                    int earlier = cache.length(kv) - rows;
                    double[] weights =
                            weights(q, (row * heads + head) * headDim, keys[kv], earlier + row, spec, cosines, sines);
                    for (int entry = 0; entry < weights.length; entry++) {
                        mass[0][kv][entry] += weights[entry];
                        mass[1][kv][entry] += row == rows - 1 ? weights[entry] : 0;
                    }
                    double[] expected = naive(
                            q,
                            (row * heads + head) * headDim,
                            keys[kv],
                            values[kv],
                            earlier + row,
                            spec,
                            cosines,
                            sines);
                    for (int j = 0; j < headDim; j++) {
                        // Weights sum to one: what is left are rounding errors of logits of size about 20.
                        assertThat((double) actual[(row * heads + head) * headDim + j])
                                .as("row %s head %s dimension %s", row, head, j)
                                .isCloseTo(expected[j], offset(1e-4));
                    }
                }
            }
            for (int kv = 0; kv < kvHeads; kv++) {
                assertMass(all[kv], mass[0][kv], before[kv], cache.length(kv) - rows);
                assertMass(last[kv], mass[1][kv], before[kv], 0);
            }
        }
    }

    /** Sums of up to 130 · 9 probabilities, each of them off by up to 1e-5. */
    private static void assertMass(float[] actual, double[] expected, float[] before, int earlier) {
        for (int entry = 0; entry < actual.length; entry++) {
            double old = entry < earlier ? before[entry] : 0;
            assertThat((double) actual[entry] - old)
                    .as("attention to entry %s", entry)
                    .isCloseTo(expected[entry], offset(1e-4 + 1e-5 * expected[entry]));
        }
    }

    private static float[][] scores(KvSlice cache) {
        float[][] scores = new float[cache.kvHeads()][];
        for (int head = 0; head < scores.length; head++) {
            int first = cache.first(head);
            scores[head] = Arrays.copyOfRange(CpuBuffer.floats(cache.scores()), first, first + cache.length(head));
        }
        return scores;
    }

    /** Fills every head with its own number of entries: shorter by one for each further head where that is possible. */
    private static void fill(
            CpuBackend backend, KvSlice cache, Random random, int entries, float[][] keys, float[][] values, int rows) {
        int headDim = cache.headDim();
        CacheRows store =
                CacheRows.of(cache, KernelProvider.choose(kernelsOf(backend)).width());
        for (int head = 0; head < cache.kvHeads(); head++) {
            int count = Math.max(rows, entries - head);
            keys[head] = gaussian(random, count * headDim);
            values[head] = gaussian(random, count * headDim);
            for (int entry = 0; entry < count; entry++) {
                store.putKey(keys[head], entry * headDim, head, entry);
                store.putValue(values[head], entry * headDim, head, entry);
            }
            int first = cache.first(head);
            for (int entry = 0; entry < count; entry++) {
                CpuBuffer.floats(cache.scores())[first + entry] = random.nextFloat();
            }
            cache.setLength(head, count);
        }
    }

    private static String kernelsOf(CpuBackend backend) {
        return backend.describe().contains("fallback") ? "fallback" : "vector";
    }

    private static double[] naive(
            float[] queries,
            int at,
            float[] keys,
            float[] values,
            int position,
            AttentionSpec spec,
            float[] cosines,
            float[] sines) {
        int dim = spec.headDim();
        double[] weights = weights(queries, at, keys, position, spec, cosines, sines);
        double[] out = new double[dim];
        for (int entry = 0; entry <= position; entry++) {
            for (int j = 0; j < dim; j++) {
                out[j] += weights[entry] * values[entry * dim + j];
            }
        }
        return out;
    }

    private static double[] weights(
            float[] queries, int at, float[] keys, int position, AttentionSpec spec, float[] cosines, float[] sines) {
        int dim = spec.headDim();
        double[] query = rotate(queries, at, dim, position, cosines, sines);
        double[] weights = new double[position + 1];
        double max = Double.NEGATIVE_INFINITY;
        for (int entry = 0; entry <= position; entry++) {
            double[] key = rotate(keys, entry * dim, dim, entry, cosines, sines);
            for (int j = 0; j < dim; j++) {
                weights[entry] += query[j] * key[j] * spec.scale();
            }
            max = Math.max(max, weights[entry]);
        }
        double sum = 0;
        for (int entry = 0; entry <= position; entry++) {
            weights[entry] = Math.exp(weights[entry] - max);
            sum += weights[entry];
        }
        for (int entry = 0; entry <= position; entry++) {
            weights[entry] /= sum;
        }
        return weights;
    }

    private static double[] rotate(float[] x, int at, int dim, int position, float[] cosines, float[] sines) {
        double[] out = new double[dim];
        int half = dim / 2;
        for (int j = 0; j < half; j++) {
            double cosine = cosines[position * half + j];
            double sine = sines[position * half + j];
            out[j] = x[at + j] * cosine - x[at + half + j] * sine;
            out[half + j] = x[at + half + j] * cosine + x[at + j] * sine;
        }
        return out;
    }

    private static Matrix matrix(CpuBackend backend, float[] values, int columns) {
        DeviceBuffer buffer = backend.allocate("matrix", values.length);
        System.arraycopy(values, 0, CpuBuffer.floats(buffer), 0, values.length);
        return Matrix.of(buffer, columns);
    }

    private static float[] gaussian(Random random, int n) {
        float[] out = new float[n];
        for (int i = 0; i < n; i++) {
            out[i] = (float) random.nextGaussian();
        }
        return out;
    }
}
