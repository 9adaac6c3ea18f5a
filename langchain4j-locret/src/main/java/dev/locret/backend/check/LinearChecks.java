package dev.locret.backend.check;

import static dev.locret.backend.check.OperationCheck.BFLOATS;
import static dev.locret.backend.check.OperationCheck.FLOATS;
import static dev.locret.backend.check.OperationCheck.HALVES;

import dev.locret.backend.Backend;
import dev.locret.backend.DeviceBuffer;
import dev.locret.backend.DeviceWeight;
import dev.locret.backend.Matrix;
import dev.locret.backend.Projection;
import dev.locret.tensor.DType;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;

/** Linear layers of every type of weights: few rows as in decode steps, and many as in chunks. */
final class LinearChecks {
    private static final int[] ROWS = {1, 3, 8, 9, 33};

    private LinearChecks() {}

    static List<OperationCheck> all() {
        List<OperationCheck> checks = new ArrayList<>();
        for (DType type : DType.values()) {
            if (type.isFloating()) {
                int inputs = type.blockSize() == 1 ? 1030 : 1280;
                for (int rows : ROWS) {
                    double bound = bound(type, rows);
                    String size = rows + "x" + inputs + "x33";
                    checks.add(new OperationCheck(
                            "linear " + type, size, bound, b -> multiplied(b, type, rows, inputs, false, false)));
                    checks.add(new OperationCheck(
                            "linear " + type + " added, with bias",
                            size,
                            bound,
                            b -> multiplied(b, type, rows, inputs, true, true)));
                }
            }
        }
        checks.add(new OperationCheck(
                "linear F32 with bias", "9x31x127", FLOATS, b -> multiplied(b, DType.F32, 9, 31, true, false)));
        checks.add(new OperationCheck(
                "linear Q4_K added", "33x256x33", HALVES, b -> multiplied(b, DType.Q4_K, 33, 256, false, true)));
        for (DType type : List.of(DType.F32, DType.BF16, DType.F16, DType.Q4_0, DType.Q6_K)) {
            int inputs = type.blockSize() == 1 ? 130 : type.blockSize() * 2;
            for (int[] size : new int[][] {{3, 33}, {33, 129}, {9, 2100}}) {
                String text = size[0] + "x" + inputs + "x" + size[1];
                double bound = bound(type, size[0]);
                checks.add(new OperationCheck(
                        "linearThenNorm " + type, text, bound, b -> normed(b, type, size[0], inputs, size[1], false)));
                checks.add(new OperationCheck(
                        "linearThenNorm " + type + ": the sum",
                        text,
                        bound,
                        b -> normed(b, type, size[0], inputs, size[1], true)));
            }
        }
        return checks;
    }

    /** A decode step multiplies in f32. */
    private static double bound(DType type, int rows) {
        return rows <= Backend.STEP_ROWS || type == DType.F32 ? FLOATS : type == DType.BF16 ? BFLOATS : HALVES;
    }

    /** The norm of a sum whose columns are part of wider rows, or that sum. */
    private static float[] normed(Backend backend, DType type, int rows, int inputs, int outputs, boolean theSum) {
        Random random = new Random(type.ordinal() + 64L * rows);
        backend.reserveLinear(33, inputs);
        DeviceWeight weight = backend.load(SampleTensors.weight(random, type, outputs, inputs));
        Matrix in = SampleTensors.matrix(backend, SampleTensors.gaussian(random, rows * inputs), inputs);
        Matrix sum = SampleTensors.matrix(backend, SampleTensors.gaussian(random, rows * (outputs + 2)), outputs + 2)
                .slice(1, outputs);
        float[] scales = SampleTensors.gaussian(random, outputs);
        DeviceBuffer norm = backend.loadFloats(SampleTensors.floats("norm", scales, outputs));
        DeviceBuffer bias = backend.loadFloats(SampleTensors.floats("bias", scales, outputs));
        Matrix out = RowChecks.zeros(backend, rows, outputs + 3).slice(2, outputs);
        backend.linearThenNorm(in, rows, new Projection(weight, bias, sum), norm, 1e-5f, out, 4);
        return backend.download(theSum ? sum : out, rows);
    }

    private static float[] multiplied(
            Backend backend, DType type, int rows, int inputs, boolean biased, boolean accumulate) {
        Random random = new Random(type.ordinal() + 64L * rows);
        int outputs = 33;
        backend.reserveLinear(33, inputs);
        DeviceWeight weight = backend.load(SampleTensors.weight(random, type, outputs, inputs));
        Matrix in = SampleTensors.matrix(backend, SampleTensors.gaussian(random, rows * inputs), inputs);
        float[] old = SampleTensors.gaussian(random, rows * (outputs + 2));
        Matrix out = SampleTensors.matrix(backend, old, outputs + 2);
        float[] bias = SampleTensors.gaussian(random, outputs);
        DeviceBuffer biasBuffer = biased ? backend.loadFloats(SampleTensors.floats("bias", bias, outputs)) : null;
        backend.linear(in, rows, List.of(new Projection(weight, biasBuffer, out.slice(1, outputs))), accumulate);
        return backend.download(out.slice(1, outputs), rows);
    }
}
