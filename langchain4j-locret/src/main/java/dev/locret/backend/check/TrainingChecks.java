package dev.locret.backend.check;

import static dev.locret.backend.check.OperationCheck.FLOATS;

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
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;

/** Operations that only training needs. */
final class TrainingChecks {
    private static final int POSITIONS = 200;
    private static final int[][] SIZES = {{1, 33, 5}, {31, 127, 129}};
    private static final AttentionSpec SPEC = new AttentionSpec(6, 2, 64, 0.125f, PositionMode.CACHE);

    private TrainingChecks() {}

    static List<OperationCheck> all() {
        List<OperationCheck> checks = new ArrayList<>();
        for (AttentionPeak kind : AttentionPeak.values()) {
            // Logarithms of errors that are nearly nothing magnify rounding: 1e-4 of values of size about 4.
            checks.add(new OperationCheck(
                    "attentionPeaks " + kind, "6/2x64 over 99 + 45", 3e-5, b -> peaks(b, kind, 99, 45)));
        }
        for (int[] size : SIZES) {
            int rows = size[0];
            String text = rows + "x" + size[1] + "x" + size[2];
            for (boolean ranking : new boolean[] {false, true}) {
                checks.add(new OperationCheck(
                        ranking ? "scoreLoss, ranking" : "scoreLoss", text, FLOATS, b -> loss(b, size, ranking)));
            }
            checks.add(new OperationCheck("siluGradient", text, FLOATS, b -> activations(b, size)));
            checks.add(new OperationCheck("inputGradient", text, FLOATS, b -> inputGradient(b, size)));
            checks.add(new OperationCheck("weightGradient", text, FLOATS, b -> weightGradient(b, size)));
            checks.add(new OperationCheck("step", text, FLOATS, b -> steps(b, size)));
            checks.add(new OperationCheck("addLogNorms", rows + "x2x64", FLOATS, b -> logNorms(b, rows)));
        }
        return checks;
    }

    private static TrainingOperations training(Backend backend) {
        return backend.training(new TrainingSpec(SPEC, POSITIONS, 200));
    }

    private static Matrix random(Backend backend, long seed, int rows, int columns) {
        return SampleTensors.matrix(backend, SampleTensors.gaussian(new Random(seed), rows * columns), columns);
    }

    private static float[] peaks(Backend backend, AttentionPeak kind, int first, int second) {
        int dim = SPEC.headDim();
        int width = SPEC.kvHeads() * dim;
        backend.reserveAttention(SPEC, POSITIONS, POSITIONS);
        TrainingOperations training = training(backend);
        float[] cosines = new float[POSITIONS * dim / 2];
        float[] sines = new float[cosines.length];
        Random random = new Random(first);
        for (int i = 0; i < cosines.length; i++) {
            double angle = random.nextGaussian();
            cosines[i] = (float) Math.cos(angle);
            sines[i] = (float) Math.sin(angle);
        }
        RotaryTable rotary = backend.loadRotary(cosines, sines, POSITIONS, dim);
        KvSlice cache = backend.allocateCache("cache", SPEC.kvHeads(), dim, POSITIONS);
        Matrix keys = random(backend, 1, first + second, width);
        Matrix values = random(backend, 2, first + second, width);
        Matrix queries = random(backend, 3, first + second, SPEC.heads() * dim);
        Matrix grams = kind == AttentionPeak.EVICTION_ERROR ? grams(backend) : null;
        int entries = first + second / 2;
        Matrix peaks = RowChecks.zeros(backend, entries, SPEC.kvHeads());
        int[][] rows = {{first / 2, first - 1}, {0, second / 3, second - 1}};
        for (int part = 0; part < 2; part++) {
            int begin = part * first;
            KvSegment segment = new KvSegment(cache, 0, part == 0 ? first : second, begin);
            backend.append(keys.from(begin), values.from(begin), segment);
            training.attentionPeaks(
                    queries.from(begin), rotary, segment, rows[part], kind, grams, entries, 7, peaks, part == 0);
        }
        float[] out = backend.download(peaks, entries);
        for (int i = 0; i < out.length; i++) {
            // What no token has seen.
            out[i] = Math.max(out[i], -1000);
        }
        return out;
    }

    /** {@code wᵀ w} of each query head. */
    private static Matrix grams(Backend backend) {
        int dim = SPEC.headDim();
        float[] weights = SampleTensors.gaussian(new Random(4), SPEC.heads() * dim * dim);
        float[] out = new float[weights.length];
        for (int at = 0; at < out.length; at++) {
            int head = at / (dim * dim);
            double sum = 0;
            for (int k = 0; k < dim; k++) {
                int row = head * dim * dim + k * dim;
                sum += (double) weights[row + at / dim % dim] * weights[row + at % dim];
            }
            out[at] = (float) sum;
        }
        return SampleTensors.matrix(backend, out, dim);
    }

    private static float[] loss(Backend backend, int[] size, boolean ranking) {
        int rows = size[0];
        int outputs = size[2];
        Matrix gradient = RowChecks.zeros(backend, rows, outputs);
        ScoreLoss loss = training(backend)
                .scoreLoss(
                        random(backend, 5, rows, outputs),
                        random(backend, 6, rows, outputs),
                        rows,
                        new ScoreLoss.Factors(0.3, ranking ? 0.5 : 0.7, 0.01, ranking),
                        gradient);
        float[] out = Arrays.copyOf(backend.download(gradient, rows), rows * outputs + 2);
        out[rows * outputs] = (float) loss.labelled();
        out[rows * outputs + 1] = (float) loss.uneven();
        return out;
    }

    private static float[] activations(Backend backend, int[] size) {
        TrainingOperations training = training(backend);
        Matrix in = random(backend, 7, size[0], size[1]);
        Matrix out = RowChecks.zeros(backend, size[0], size[1]);
        training.silu(in, size[0], out);
        training.siluGradient(in, size[0], out);
        return backend.download(out, size[0]);
    }

    private static DeviceWeight weight(Backend backend, int[] size) {
        float[] values = SampleTensors.gaussian(new Random(8), size[2] * size[1]);
        return backend.load(SampleTensors.floats("weight", values, size[1]));
    }

    private static float[] inputGradient(Backend backend, int[] size) {
        Matrix out = RowChecks.zeros(backend, size[0], size[1] + 1);
        training(backend)
                .inputGradient(
                        random(backend, 9, size[0], size[2]), size[0], weight(backend, size), out.slice(1, size[1]));
        return backend.download(out, size[0]);
    }

    private static float[] weightGradient(Backend backend, int[] size) {
        TrainingOperations training = training(backend);
        DeviceWeight sum = training.zeros("sum", size[2], size[1]);
        Matrix in = random(backend, 10, size[0], size[1]);
        training.weightGradient(in, size[0], random(backend, 11, size[0], size[2]), sum, false);
        training.weightGradient(in, size[0], random(backend, 12, size[0], size[2]), sum, true);
        return training.download(sum);
    }

    private static float[] steps(Backend backend, int[] size) {
        TrainingOperations training = training(backend);
        DeviceWeight weight = weight(backend, size);
        float[] slopes = SampleTensors.gaussian(new Random(13), size[2] * size[1]);
        DeviceWeight gradient = backend.load(SampleTensors.floats("gradient", slopes, size[1]));
        DeviceWeight mean = training.zeros("mean", size[2], size[1]);
        DeviceWeight square = training.zeros("square", size[2], size[1]);
        for (int step = 1; step <= 3; step++) {
            training.step(weight, gradient, mean, square, new AdamW(step, 0.01, 0.9, 0.95, 1e-8, 0.01, 0.5));
        }
        return training.download(weight);
    }

    private static float[] logNorms(Backend backend, int rows) {
        Matrix values = random(backend, 14, rows, 2 * SPEC.headDim());
        Matrix labels = RowChecks.zeros(backend, rows, 2);
        training(backend).addLogNorms(labels, rows, values, values, -3);
        return backend.download(labels, rows);
    }
}
