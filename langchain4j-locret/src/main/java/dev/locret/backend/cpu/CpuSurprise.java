package dev.locret.backend.cpu;

import dev.locret.backend.DeviceWeight;
import dev.locret.backend.Matrix;
import dev.locret.backend.Projection;
import java.util.List;

/** Minus the logarithm of each token's probability, from the logits of some rows at a time. */
final class CpuSurprise {
    /** Rows whose logits exist at once: enough to share what unpacking the weight costs. */
    private static final int ROWS = 32;

    private final Kernels kernels;
    private final WorkerPool pool;
    private final Matrix logits;

    CpuSurprise(Kernels kernels, WorkerPool pool, int vocabulary) {
        this.kernels = kernels;
        this.pool = pool;
        this.logits = Matrix.of(new CpuBuffer("logits of a chunk", new float[ROWS * vocabulary], null), vocabulary);
    }

    /** Bytes that the constructor allocates. */
    static long bytes(int vocabulary) {
        return 4L * ROWS * vocabulary;
    }

    void run(CpuLinear linear, Matrix in, DeviceWeight output, int[] tokenIds, Matrix out) {
        double sum = 0;
        for (int row = 1; row < tokenIds.length; row += ROWS) {
            int first = row;
            int count = Math.min(ROWS, tokenIds.length - row);
            linear.run(in.from(row - 1), count, List.of(new Projection(output, null, logits)), false);
            float[] each = new float[count];
            pool.run(count, (i, thread) -> each[i] = surprise(i, tokenIds[first + i]));
            for (int i = 0; i < count; i++) {
                put(out, row + i, each[i]);
                sum += each[i];
            }
        }
        put(out, 0, tokenIds.length == 1 ? 0 : (float) (sum / (tokenIds.length - 1)));
    }

    private float surprise(int row, int token) {
        float[] x = CpuBuffer.floats(logits.buffer());
        int n = logits.columns();
        float expected = x[row * n + token];
        float max = kernels.max(x, row * n, n);
        return (float) (max + Math.log(kernels.exp(x, row * n, n, max)) - expected);
    }

    private static void put(Matrix out, int row, float value) {
        int at = Math.toIntExact(out.offset() + (long) row * out.stride());
        java.util.Arrays.fill(CpuBuffer.floats(out.buffer()), at, at + out.columns(), value);
    }
}
