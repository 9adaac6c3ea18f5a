package dev.locret.backend.check;

import static dev.locret.backend.check.OperationCheck.EXACT;
import static dev.locret.backend.check.OperationCheck.FLOATS;

import dev.locret.backend.Backend;
import dev.locret.backend.DeviceBuffer;
import dev.locret.backend.DeviceWeight;
import dev.locret.backend.Matrix;
import dev.locret.tensor.DType;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;

/** Operations on rows one by one: embeddings, norms, activations, copies. */
final class RowChecks {
    private static final int[][] SIZES = {{1, 1}, {3, 31}, {33, 129}, {2, 4097}};

    private RowChecks() {}

    static List<OperationCheck> all() {
        List<OperationCheck> checks = new ArrayList<>();
        Stream.of(DType.values()).filter(DType::isFloating).forEach(type -> {
            int columns = type == DType.F32 ? 129 : type.blockSize() == 1 ? 130 : 5 * type.blockSize();
            // One rounding less where scale and minimum are applied at once.
            checks.add(new OperationCheck("embed " + type, "7x" + columns, 1e-6, b -> embed(b, type, columns)));
        });
        for (int[] size : SIZES) {
            int rows = size[0];
            int columns = size[1];
            String text = rows + "x" + columns;
            checks.add(new OperationCheck("rmsNorm", text, FLOATS, b -> norm(b, rows, columns)));
            checks.add(new OperationCheck("gatedActivation", text, FLOATS, b -> gated(b, rows, columns)));
            checks.add(new OperationCheck("silu", text, FLOATS, b -> activated(b, rows, columns, false)));
            checks.add(new OperationCheck("gelu", text, FLOATS, b -> activated(b, rows, columns, true)));
            checks.add(new OperationCheck("gatherRows", text, EXACT, b -> gathered(b, rows, columns)));
        }
        return checks;
    }

    static Matrix zeros(Backend backend, int rows, int columns) {
        return Matrix.of(backend.allocate("result", (long) rows * columns), columns);
    }

    private static Matrix random(Backend backend, int rows, int columns) {
        Random random = new Random(31L * rows + columns);
        return SampleTensors.matrix(backend, SampleTensors.gaussian(random, rows * columns), columns);
    }

    private static float[] embed(Backend backend, DType type, int columns) {
        DeviceWeight table = backend.load(SampleTensors.weight(new Random(columns), type, 7, columns));
        Matrix out = zeros(backend, 4, columns);
        backend.embed(table, new int[] {6, 0, 3, 3}, out);
        return backend.download(out, 4);
    }

    private static float[] norm(Backend backend, int rows, int columns) {
        float[] scales = SampleTensors.gaussian(new Random(columns), columns);
        DeviceBuffer weight = backend.loadFloats(SampleTensors.floats("norm", scales, columns));
        Matrix out = zeros(backend, rows, columns + 3);
        backend.rmsNorm(random(backend, rows, columns), rows, weight, 1e-5f, out.slice(2, columns), 4);
        return backend.download(out, rows);
    }

    private static float[] gated(Backend backend, int rows, int columns) {
        Matrix out = zeros(backend, rows, columns);
        backend.gatedActivation(random(backend, rows, 2 * columns), rows, out);
        return backend.download(out, rows);
    }

    private static float[] activated(Backend backend, int rows, int columns, boolean gelu) {
        Matrix x = random(backend, rows, columns);
        if (gelu) {
            backend.gelu(x, rows);
        } else {
            backend.silu(x, rows);
        }
        return backend.download(x, rows);
    }

    private static float[] gathered(Backend backend, int rows, int columns) {
        Matrix out = zeros(backend, 3, columns);
        backend.gatherRows(random(backend, rows, columns), new int[] {rows - 1, 0, rows / 2}, out);
        return backend.download(out, 3);
    }
}
