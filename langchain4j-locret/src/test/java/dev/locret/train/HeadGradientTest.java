package dev.locret.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.locret.backend.AttentionSpec;
import dev.locret.backend.AttentionSpec.PositionMode;
import dev.locret.backend.Matrix;
import dev.locret.backend.ScoreLoss;
import dev.locret.backend.TrainingOperations;
import dev.locret.backend.TrainingSpec;
import dev.locret.backend.cpu.CpuBackend;
import dev.locret.eviction.RetainingHeads;
import dev.locret.tensor.HostTensor;
import java.util.Random;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Gradients written by hand against finite differences of the loss in double arithmetic. */
class HeadGradientTest {
    private static final double STEP = 1e-5;

    @ParameterizedTest
    @CsvSource({
        "vector, 24, 19, 3, 70, 0.5",
        "vector, 24, 19, 3, 70, 0",
        "fallback, 7, 33, 40, 9, 0",
        "vector, 45, 130, 1, 1100, 0.9",
        "vector, 7, 33, 40, 9, 0.2",
        "fallback, 24, 19, 3, 70, 0.8",
        "fallback, 45, 130, 2, 600, 0.5"
    })
    void gradientsAreTheFiniteDifferences(String kernels, int inputs, int hidden, int kvHeads, int rows, double low) {
        Random random = new Random(inputs + rows);
        float[] x = gaussian(random, rows * inputs, 1);
        float[] w1 = gaussian(random, hidden * inputs, 0.3);
        float[] w2 = gaussian(random, kvHeads * hidden, 0.3);
        // Differences on both sides of SmoothL1's corner.
        float[] labels = gaussian(random, rows * kvHeads, 1.5);
        // No expectile at all stands for the loss of ranking.
        ScoreLoss.Factors factors =
                new ScoreLoss.Factors(1.0 / (rows * kvHeads), low, 0.2 / (kvHeads * (rows - 1.0)), low == 0);
        AttentionSpec spec = new AttentionSpec(kvHeads, kvHeads, 2, 1, PositionMode.CACHE);
        try (CpuBackend backend = new CpuBackend(2, kernels)) {
            backend.reserveLinear(64, Math.max(inputs, hidden));
            TrainingOperations operations = backend.training(new TrainingSpec(spec, rows, Math.max(inputs, hidden)));
            HostTensor fc1 = TrainedHeads.tensor("fc1", hidden, inputs, w1);
            HostTensor fc2 = TrainedHeads.tensor("fc2", kvHeads, hidden, w2);
            TrainedHeads heads = TrainedHeads.from(
                    new RetainingHeads("test", hidden, new HostTensor[] {fc1}, new HostTensor[] {fc2}),
                    backend,
                    operations);
            HeadUpdate update = new HeadUpdate(backend, operations, heads.layer(0), rows, 64);

            ScoreLoss loss = update.gradients(
                    heads.layer(0), matrix(backend, x, inputs), rows, matrix(backend, labels, kvHeads), factors);

            double total = factors.labelled() * loss.labelled() + factors.uneven() * loss.uneven();
            Reference reference = new Reference(x, labels, rows, inputs, hidden, kvHeads, factors);
            assertThat(total).isCloseTo(reference.loss(w1, w2, -1, 0), within(1e-5 * total));
            check(update.gradient1(), random, i -> reference.difference(w1, w2, i));
            check(update.gradient2(), random, i -> reference.difference(w1, w2, w1.length + i));
        }
    }

    private static void check(float[] gradient, Random random, java.util.function.IntToDoubleFunction expected) {
        double largest = 0;
        for (float value : gradient) {
            largest = Math.max(largest, Math.abs(value));
        }
        assertThat(largest).isPositive();
        for (int n = 0; n < 25; n++) {
            int i = n == 0 ? 0 : n == 1 ? gradient.length - 1 : random.nextInt(gradient.length);
            // Float sums over the rows: 1e-4 of the largest gradient.
            assertThat((double) gradient[i])
                    .as("gradient " + i)
                    .isCloseTo(expected.applyAsDouble(i), within(1e-4 * largest));
        }
    }

    /** The loss in double arithmetic, with one weight moved. */
    private record Reference(
            float[] x, float[] labels, int rows, int inputs, int hidden, int kvHeads, ScoreLoss.Factors factors) {
        double difference(float[] w1, float[] w2, int weight) {
            return (loss(w1, w2, weight, STEP) - loss(w1, w2, weight, -STEP)) / (2 * STEP);
        }

        double loss(float[] w1, float[] w2, int moved, double by) {
            double[][] scores = new double[rows][kvHeads];
            double labelled = 0;
            double uneven = 0;
            for (int row = 0; row < rows; row++) {
                for (int j = 0; j < hidden; j++) {
                    double z = 0;
                    for (int i = 0; i < inputs; i++) {
                        int at = j * inputs + i;
                        z += x[row * inputs + i] * (w1[at] + (at == moved ? by : 0));
                    }
                    double h = z / (1 + Math.exp(-z));
                    for (int head = 0; head < kvHeads; head++) {
                        int at = head * hidden + j;
                        scores[row][head] += h * (w2[at] + (w1.length + at == moved ? by : 0));
                    }
                }
                for (int head = 0; head < kvHeads; head++) {
                    double signed = scores[row][head] - labels[row * kvHeads + head];
                    double difference = Math.abs(signed);
                    double weight = 2 * (signed < 0 ? factors.low() : 1 - factors.low());
                    labelled += factors.ranking()
                            ? 0
                            : weight * (difference < 1 ? difference * difference / 2 : difference - 0.5);
                    uneven += row == 0 ? 0 : Math.pow(scores[row][head] - scores[row - 1][head], 2);
                }
            }
            labelled += factors.ranking() ? ranking(scores) : 0;
            return factors.labelled() * labelled + factors.uneven() * uneven;
        }

        /** Mean over 16 pairs a row, of distances from 1 to half the rows, each a factor above the last. */
        private double ranking(double[][] scores) {
            double loss = 0;
            for (int pair = 0; pair < 16; pair++) {
                int distance = (int) Math.round(Math.pow(rows / 2.0, pair / 15.0));
                for (int row = 0; row < rows; row++) {
                    int other = (row + distance) % rows;
                    for (int head = 0; head < kvHeads; head++) {
                        double difference = scores[row][head] - scores[other][head];
                        boolean first = labels[row * kvHeads + head] > labels[other * kvHeads + head];
                        loss += Math.log(1 + Math.exp(first ? -difference : difference)) / 16;
                    }
                }
            }
            return loss;
        }
    }

    private static float[] gaussian(Random random, int count, double scale) {
        float[] out = new float[count];
        for (int i = 0; i < count; i++) {
            out[i] = (float) (random.nextGaussian() * scale);
        }
        return out;
    }

    private static Matrix matrix(CpuBackend backend, float[] values, int columns) {
        return Matrix.of(backend.loadFloats(TrainedHeads.tensor("test", 1, values.length, values)), columns);
    }
}
