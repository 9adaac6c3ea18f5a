package dev.locret.backend.cuda;

import dev.locret.backend.DeviceWeight;
import dev.locret.backend.Matrix;
import dev.locret.backend.Projection;
import java.util.Arrays;
import java.util.List;

/** Minus the logarithm of each token's probability, from the logits of some rows at a time. */
final class CudaSurprise {
    /** Rows whose logits exist at once. */
    private static final int ROWS = 32;

    private static final int THREADS = 256;

    private final Launch launch;
    private final Parameters parameters;
    private final Matrix logits;
    private final Kernel rows;
    private final Kernel first;

    CudaSurprise(Launch launch, Parameters parameters, Kernels kernels, CudaMemory memory, int vocabulary) {
        this.launch = launch;
        this.parameters = parameters;
        this.logits = Matrix.of(memory.allocate("logits of a chunk", (long) ROWS * vocabulary), vocabulary);
        this.rows = kernels.get("elementwise", "surprise_rows");
        this.first = kernels.get("elementwise", "surprise_first");
    }

    /** Bytes that the constructor allocates. */
    static long bytes(int vocabulary) {
        return CudaMemory.occupied(4L * ROWS * vocabulary);
    }

    void run(CudaLinear linear, Matrix in, DeviceWeight output, int[] tokenIds, Matrix out) {
        for (int row = 1; row < tokenIds.length; row += ROWS) {
            int count = Math.min(ROWS, tokenIds.length - row);
            linear.run(in.from(row - 1), count, List.of(new Projection(output, null, logits)), false);
            launch.of(rows)
                    .address(CudaBuffer.address(logits))
                    .value(logits.columns())
                    .address(parameters.ints(Arrays.copyOfRange(tokenIds, row, row + count)))
                    .address(CudaBuffer.address(out.from(row)))
                    .value(out.columns())
                    .value(out.stride())
                    .run(count, 1, THREADS, 0);
        }
        launch.of(first)
                .address(CudaBuffer.address(out))
                .value(tokenIds.length)
                .value(out.columns())
                .value(out.stride())
                .run(1, 1, THREADS, 0);
    }
}
