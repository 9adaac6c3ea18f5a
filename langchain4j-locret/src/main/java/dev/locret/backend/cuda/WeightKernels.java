package dev.locret.backend.cuda;

import dev.locret.tensor.DType;
import java.util.List;

/**
 * Kernels for one type of weights.
 *
 * @param steps {@code linear_step} for {@link #STEP_ROWS} rows each
 */
record WeightKernels(Kernel embed, Kernel unpack, List<Kernel> steps) {
    /** Rows of the variants of {@code linear_step}, ascending. */
    static final List<Integer> STEP_ROWS = List.of(1, 2, 4, 8);

    static WeightKernels load(Kernels kernels, DType type) {
        return new WeightKernels(
                kernels.get("embed", type, "embed_" + type),
                kernels.get("unpack", type, "unpack_" + type),
                STEP_ROWS.stream()
                        .map(rows -> kernels.get("linear_step", type, "linear_step_" + type + "_" + rows))
                        .toList());
    }
}
