package dev.locret.backend.cuda;

import static org.assertj.core.api.Assertions.assertThat;

import dev.locret.backend.AdamW;
import dev.locret.backend.AttentionPeak;
import dev.locret.backend.AttentionSpec;
import dev.locret.backend.AttentionSpec.PositionMode;
import dev.locret.backend.Backend;
import dev.locret.backend.DeviceWeight;
import dev.locret.backend.KvSegment;
import dev.locret.backend.KvSlice;
import dev.locret.backend.Matrix;
import dev.locret.backend.RotaryTable;
import dev.locret.backend.ScoreLoss;
import dev.locret.backend.TrainingOperations;
import dev.locret.backend.TrainingSpec;
import dev.locret.backend.check.SampleTensors;
import dev.locret.backend.cpu.CpuBackend;
import dev.locret.testing.EmulatedCuda;
import java.util.Random;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Operations of training against the CPU's scalar kernels, at odd sizes. */
@EnabledOnOs(value = OS.LINUX, architectures = "amd64")
class CudaTrainingTest {
    private static final int POSITIONS = 300;
    /** Sums of up to some hundred products in another order, and other exponentials. */
    private static final double BOUND = 1e-11;

    private EmulatedCuda emulation;

    @BeforeEach
    void install() {
        emulation = EmulatedCuda.install();
    }

    private void mode(String mode) {
        switch (mode) {
            case "strict" -> emulation.strict().order(3);
            case "check" -> emulation.check();
            default -> emulation.order(-1);
        }
    }

    @ParameterizedTest
    @CsvSource({
        "'', 9, 3, 64, 130, 61, LOG_PROBABILITY, 20",
        "'', 8, 1, 16, 201, 7, LOGIT, 0",
        "'', 6, 2, 16, 99, 45, EVICTION_ERROR, 7",
        "'', 4, 4, 24, 40, 200, EVICTION_ERROR, 0",
        "'', 4, 1, 128, 31, 33, EVICTION_ERROR, 0",
        "strict, 6, 2, 16, 33, 45, EVICTION_ERROR, 0",
        "check, 6, 2, 16, 33, 31, EVICTION_ERROR, 3",
        "check, 4, 4, 24, 3, 33, LOG_PROBABILITY, 0"
    })
    void peaksAreTheCpus(
            String mode, int heads, int kvHeads, int dim, int first, int second, AttentionPeak kind, int distance) {
        mode(mode);
        AttentionSpec spec = new AttentionSpec(heads, kvHeads, dim, 1 / (float) Math.sqrt(dim), PositionMode.CACHE);
        try (Backend cuda = CudaBackend.open(0);
                Backend cpu = new CpuBackend(1, "fallback")) {
            // Logarithms of errors that are nearly nothing magnify rounding: 1e-4 of values of size about 4.
            assertThat(SampleTensors.error(
                            peaks(cuda, spec, first, second, kind, distance),
                            peaks(cpu, spec, first, second, kind, distance)))
                    .isLessThan(1e-9);
        }
    }

    private static float[] peaks(
            Backend backend, AttentionSpec spec, int first, int second, AttentionPeak kind, int distance) {
        Random random = new Random(first);
        int dim = spec.headDim();
        int width = spec.kvHeads() * dim;
        int all = spec.heads() * dim;
        backend.reserveAttention(spec, POSITIONS, POSITIONS);
        TrainingOperations training = backend.training(new TrainingSpec(spec, POSITIONS, 16));
        float[] angles = SampleTensors.gaussian(random, POSITIONS * dim / 2);
        float[] cosines = new float[angles.length];
        float[] sines = new float[angles.length];
        for (int i = 0; i < angles.length; i++) {
            cosines[i] = (float) Math.cos(angles[i]);
            sines[i] = (float) Math.sin(angles[i]);
        }
        RotaryTable rotary = backend.loadRotary(cosines, sines, POSITIONS, dim);
        KvSlice cache = backend.allocateCache("cache", spec.kvHeads(), dim, POSITIONS);
        int total = first + second;
        Matrix keys = SampleTensors.matrix(backend, SampleTensors.gaussian(random, total * width), width);
        Matrix values = SampleTensors.matrix(backend, SampleTensors.gaussian(random, total * width), width);
        Matrix queries = SampleTensors.matrix(backend, SampleTensors.gaussian(random, total * all), all);
        Matrix grams = SampleTensors.matrix(backend, grams(random, spec.heads(), dim), dim);
        int entries = first + second / 2;
        Matrix peaks = Matrix.of(backend.allocate("peaks", (long) entries * spec.kvHeads()), spec.kvHeads());
        int[][] rows = {{first / 2, first - 1}, {0, second / 3, second - 1}};
        for (int segment = 0; segment < 2; segment++) {
            int begin = segment * first;
            KvSegment part = new KvSegment(cache, 0, segment == 0 ? first : second, begin);
            backend.append(keys.from(begin), values.from(begin), part);
            training.attentionPeaks(
                    queries.from(begin),
                    rotary,
                    part,
                    rows[segment],
                    kind,
                    kind == AttentionPeak.EVICTION_ERROR ? grams : null,
                    entries,
                    distance,
                    peaks,
                    segment == 0);
        }
        float[] out = backend.download(peaks, entries);
        for (int i = 0; i < out.length; i++) {
            // What no token has seen.
            out[i] = Math.max(out[i], -1000);
        }
        return out;
    }

    /** Everything else: activations, norms, losses, gradients and a step. */
    @ParameterizedTest
    @CsvSource({"'', 1, 33, 5", "'', 31, 127, 129", "strict, 33, 31, 3", "check, 9, 33, 3"})
    void gradientsLossesAndStepsAreTheCpus(String mode, int rows, int inputs, int outputs) {
        mode(mode);
        AttentionSpec spec = new AttentionSpec(4, 2, 12, 1, PositionMode.CACHE);
        try (Backend cuda = CudaBackend.open(0);
                Backend cpu = new CpuBackend(1, "fallback")) {
            float[][] expected = steps(cpu, spec, rows, inputs, outputs);
            float[][] actual = steps(cuda, spec, rows, inputs, outputs);
            for (int i = 0; i < expected.length; i++) {
                assertThat(SampleTensors.error(actual[i], expected[i]))
                        .as("result %s", i)
                        .isLessThan(BOUND);
            }
        }
    }

    private static float[][] steps(Backend backend, AttentionSpec spec, int rows, int inputs, int outputs) {
        Random random = new Random(rows + inputs);
        TrainingOperations training = backend.training(new TrainingSpec(spec, 40, 200));
        Matrix in = SampleTensors.matrix(backend, SampleTensors.gaussian(random, rows * inputs), inputs);
        Matrix out = SampleTensors.matrix(backend, SampleTensors.gaussian(random, rows * outputs), outputs);
        Matrix labels = SampleTensors.matrix(backend, SampleTensors.gaussian(random, rows * outputs), outputs);
        Matrix gradient = Matrix.of(backend.allocate("gradient", (long) rows * outputs), outputs);
        ScoreLoss loss = training.scoreLoss(out, labels, rows, new ScoreLoss.Factors(0.3, 0.7, 0.01), gradient);
        float[] slopes = backend.download(gradient, rows);
        ScoreLoss ranking =
                training.scoreLoss(out, labels, rows, new ScoreLoss.Factors(0.3, 0.5, 0.01, true), gradient);
        float[] rankingSlopes = backend.download(gradient, rows);
        training.siluGradient(out, rows, gradient);
        float[] activated = backend.download(gradient, rows);
        DeviceWeight weight =
                backend.load(SampleTensors.floats("w", SampleTensors.gaussian(random, outputs * inputs), inputs));
        Matrix inGradient = Matrix.of(backend.allocate("in", (long) rows * (inputs + 1)), inputs + 1);
        training.inputGradient(gradient, rows, weight, inGradient.slice(1, inputs));
        DeviceWeight sum = training.zeros("sum", outputs, inputs);
        training.weightGradient(in, rows, gradient, sum, false);
        training.weightGradient(in, rows, out, sum, true);
        DeviceWeight mean = training.zeros("mean", outputs, inputs);
        DeviceWeight square = training.zeros("square", outputs, inputs);
        for (int step = 1; step <= 3; step++) {
            training.step(weight, sum, mean, square, new AdamW(step, 0.01, 0.9, 0.95, 1e-8, 0.01, 0.5));
        }
        Matrix silu = Matrix.of(backend.allocate("silu", (long) rows * inputs), inputs);
        training.silu(in, rows, silu);
        Matrix values = SampleTensors.matrix(backend, SampleTensors.gaussian(random, rows * 24), 24);
        Matrix two = Matrix.of(backend.allocate("labels", rows * 2L), 2);
        training.addLogNorms(two, rows, values, values, -3);
        return new float[][] {
            {(float) loss.labelled(), (float) loss.uneven()},
            slopes,
            {(float) ranking.labelled(), (float) ranking.uneven()},
            rankingSlopes,
            activated,
            backend.download(inGradient, rows),
            training.download(sum),
            training.download(weight),
            training.download(mean),
            backend.download(silu, rows),
            backend.download(two, rows)
        };
    }

    private static float[] grams(Random random, int heads, int dim) {
        float[] out = new float[heads * dim * dim];
        for (int head = 0; head < heads; head++) {
            float[] w = SampleTensors.gaussian(random, dim * dim);
            for (int i = 0; i < dim; i++) {
                for (int j = 0; j < dim; j++) {
                    float sum = 0;
                    for (int k = 0; k < dim; k++) {
                        sum += w[k * dim + i] * w[k * dim + j] / dim;
                    }
                    out[(head * dim + i) * dim + j] = sum;
                }
            }
        }
        return out;
    }
}
