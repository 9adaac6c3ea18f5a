package dev.locret.backend.cpu;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.locret.backend.AttentionPeak;
import dev.locret.backend.AttentionSpec;
import dev.locret.backend.AttentionSpec.PositionMode;
import dev.locret.backend.KvSegment;
import dev.locret.backend.KvSlice;
import dev.locret.backend.Matrix;
import dev.locret.backend.RotaryTable;
import dev.locret.backend.TrainingOperations;
import dev.locret.backend.TrainingSpec;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Labels against double arithmetic, at odd sizes. */
class CpuTrainingTest {
    private static final int POSITIONS = 400;

    @ParameterizedTest
    @CsvSource({
        "vector, 9, 3, 64, 130, 61, LOG_PROBABILITY",
        "vector, 9, 3, 64, 130, 61, LOGIT",
        "vector, 4, 4, 24, 40, 200, LOG_PROBABILITY",
        "vector, 8, 1, 16, 301, 7, LOGIT",
        "fallback, 6, 2, 16, 99, 45, LOG_PROBABILITY",
        "vector, 9, 3, 64, 130, 61, EVICTION_ERROR",
        "vector, 4, 4, 24, 40, 200, EVICTION_ERROR",
        "fallback, 6, 2, 16, 99, 45, EVICTION_ERROR",
        "fallback, 9, 3, 64, 130, 61, LOGIT"
    })
    void peaksAreTheLargestOverTokensAndHeadsOfTheGroup(
            String kernels, int heads, int kvHeads, int dim, int first, int second, AttentionPeak kind) {
        Random random = new Random(heads + first);
        AttentionSpec spec = new AttentionSpec(heads, kvHeads, dim, 0.3f, PositionMode.CACHE);
        try (CpuBackend backend = new CpuBackend(2, kernels)) {
            backend.reserveAttention(spec, POSITIONS, POSITIONS);
            TrainingOperations training = backend.training(new TrainingSpec(spec, POSITIONS, 16));
            float[] angles = random(random, POSITIONS * dim / 2);
            float[] cosines = map(angles, Math::cos);
            float[] sines = map(angles, Math::sin);
            RotaryTable rotary = backend.loadRotary(cosines, sines, POSITIONS, dim);
            KvSlice cache = backend.allocateCache("cache", kvHeads, dim, POSITIONS);
            int total = first + second;
            float[] q = random(random, total * heads * dim);
            float[] k = random(random, total * kvHeads * dim);
            float[] v = random(random, total * kvHeads * dim);
            float[] grams = grams(random, heads, dim);
            Matrix keys = matrix(backend, k, kvHeads * dim);
            Matrix values = matrix(backend, v, kvHeads * dim);
            Matrix queries = matrix(backend, q, heads * dim);
            // Entries of the first segment and of half the second count; a row sees none behind itself.
            int entries = first + second / 2;
            int[][] rows = {{first - 3, first - 1}, {0, second / 3, second - 1}};
            Matrix peaks = matrix(backend, new float[entries * kvHeads], kvHeads);
            for (int segment = 0; segment < 2; segment++) {
                int begin = segment * first;
                int count = segment == 0 ? first : second;
                KvSegment part = new KvSegment(cache, 0, count, begin);
                backend.append(keys.from(begin), values.from(begin), part);
                training.attentionPeaks(
                        queries.from(begin),
                        rotary,
                        part,
                        rows[segment],
                        kind,
                        kind == AttentionPeak.EVICTION_ERROR ? matrix(backend, grams, dim) : null,
                        entries,
                        peaks,
                        segment == 0);
            }
            float[] actual = backend.download(peaks, entries);
            double[] expected = new double[actual.length];
            java.util.Arrays.fill(expected, Double.NEGATIVE_INFINITY);
            for (int token : new int[] {first - 3, first - 1, first, first + second / 3, total - 1}) {
                for (int head = 0; head < heads; head++) {
                    raise(expected, q, k, v, grams, cosines, sines, token, head, spec, kind);
                }
            }
            for (int i = 0; i < actual.length; i++) {
                // Sums of up to 64 products and a softmax in float.
                assertThat((double) actual[i]).as("entry " + i).isCloseTo(expected[i], within(2e-4));
            }
        }
    }

    private static void raise(
            double[] peaks,
            float[] q,
            float[] k,
            float[] v,
            float[] grams,
            float[] cosines,
            float[] sines,
            int token,
            int head,
            AttentionSpec spec,
            AttentionPeak kind) {
        int dim = spec.headDim();
        int kvHead = head / spec.groupSize();
        double[] query = rotate(q, (token * spec.heads() + head) * dim, dim, token, cosines, sines);
        double[] logits = new double[token + 1];
        double sum = 0;
        for (int entry = 0; entry <= token; entry++) {
            double[] key = rotate(k, (entry * spec.kvHeads() + kvHead) * dim, dim, entry, cosines, sines);
            for (int i = 0; i < dim; i++) {
                logits[entry] += query[i] * key[i] * spec.scale();
            }
            sum += Math.exp(logits[entry]);
        }
        double shift = kind == AttentionPeak.LOGIT ? 0 : Math.log(sum);
        for (int entry = 0; entry <= token && entry < peaks.length / spec.kvHeads(); entry++) {
            int at = entry * spec.kvHeads() + kvHead;
            double peak = kind == AttentionPeak.EVICTION_ERROR
                    ? evictionError(logits, sum, v, grams, head, entry, spec)
                    : logits[entry] - shift;
            peaks[at] = Math.max(peaks[at], peak);
        }
    }

    /** The output with all entries against the output without one of them. */
    private static double evictionError(
            double[] logits, double sum, float[] v, float[] grams, int head, int evicted, AttentionSpec spec) {
        int dim = spec.headDim();
        double[] change = new double[dim];
        double rest = sum - Math.exp(logits[evicted]);
        for (int entry = 0; entry < logits.length; entry++) {
            double weight = Math.exp(logits[entry]);
            double less = entry == evicted ? 0 : weight / rest;
            for (int i = 0; i < dim; i++) {
                int at = (entry * spec.kvHeads() + head / spec.groupSize()) * dim;
                change[i] += (less - weight / sum) * v[at + i];
            }
        }
        double square = 0;
        for (int i = 0; i < dim; i++) {
            for (int j = 0; j < dim; j++) {
                square += change[i] * grams[(head * dim + i) * dim + j] * change[j];
            }
        }
        return 0.5 * Math.log(square);
    }

    /** {@code WᵀW} of a random W for each head. */
    private static float[] grams(Random random, int heads, int dim) {
        float[] grams = new float[heads * dim * dim];
        for (int head = 0; head < heads; head++) {
            float[] w = random(random, 2 * dim * dim);
            for (int i = 0; i < dim * dim; i++) {
                for (int row = 0; row < 2 * dim; row++) {
                    grams[head * dim * dim + i] += w[row * dim + i / dim] * w[row * dim + i % dim];
                }
            }
        }
        return grams;
    }

    private static double[] rotate(float[] in, int from, int dim, int position, float[] cosines, float[] sines) {
        double[] out = new double[dim];
        int half = dim / 2;
        for (int j = 0; j < half; j++) {
            double cosine = cosines[position * half + j];
            double sine = sines[position * half + j];
            out[j] = in[from + j] * cosine - in[from + half + j] * sine;
            out[half + j] = in[from + half + j] * cosine + in[from + j] * sine;
        }
        return out;
    }

    @Test
    void logNormsAreCutAtTheFloor() {
        AttentionSpec spec = new AttentionSpec(2, 2, 2, 1, PositionMode.CACHE);
        try (CpuBackend backend = new CpuBackend(1, "fallback")) {
            TrainingOperations training = backend.training(new TrainingSpec(spec, 4, 4));
            Matrix values = matrix(backend, new float[] {3, 4, 0, 0}, 4);
            Matrix projected = matrix(backend, new float[] {3, 4, 0, 0}, 4);
            Matrix labels = matrix(backend, new float[] {-1, -33}, 2);
            training.addLogNorms(labels, 1, values, projected, -20);
            assertThat(backend.download(labels, 1))
                    .containsExactly(new float[] {(float) (-1 + Math.log(5)), -40}, within(1e-6f));
        }
    }

    private static float[] random(Random random, int count) {
        float[] out = new float[count];
        for (int i = 0; i < count; i++) {
            out[i] = (float) random.nextGaussian();
        }
        return out;
    }

    private static float[] map(float[] in, java.util.function.DoubleUnaryOperator function) {
        float[] out = new float[in.length];
        for (int i = 0; i < in.length; i++) {
            out[i] = (float) function.applyAsDouble(in[i]);
        }
        return out;
    }

    private static Matrix matrix(CpuBackend backend, float[] values, int columns) {
        Matrix matrix = Matrix.of(backend.allocate("test", values.length), columns);
        System.arraycopy(values, 0, CpuBuffer.floats(matrix.buffer()), 0, values.length);
        return matrix;
    }
}
