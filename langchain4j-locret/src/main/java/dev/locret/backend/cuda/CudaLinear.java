package dev.locret.backend.cuda;

import dev.locret.backend.Backend;
import dev.locret.backend.DeviceBuffer;
import dev.locret.backend.Matrix;
import dev.locret.backend.Projection;
import dev.locret.tensor.DType;
import java.util.List;

/**
 * Linear layers. A decode step's few rows are multiplied by a kernel that unpacks weights as it reads them. Larger batches
 * go through cuBLAS: F32 and BF16 weights as they are, others as f16, some outputs at a time where they have to be
 * unpacked first. With {@link Precision#FULL} all of them go through it as f32.
 */
final class CudaLinear {
    /** Outputs that are unpacked at once. */
    private static final int SLICE = 2048;

    /** Floats of a tile with its padding, as in {@code linear_step.cu}. */
    private static final int TILE_FLOATS = 1024 + 1024 / 8;

    private static final int STEP_WARPS = 8;
    private static final int TILE = 1024;

    private final Launch launch;
    private final Blas blas;
    private final Precision precision;
    private final Kernel packHalf;
    private final Kernel packBfloat;
    private final Kernel padFloat;
    private final Kernel finish;
    private final Kernel finishNorm;

    private int maxRows;
    private int maxInputs;
    private CudaBuffer inputs;
    private CudaBuffer scales;
    private CudaBuffer unpacked;
    private CudaBuffer products;
    /** What the packed inputs hold. */
    private Packed held;

    CudaLinear(Launch launch, Kernels kernels, Blas blas, Precision precision) {
        this.launch = launch;
        this.blas = blas;
        this.precision = precision;
        this.packHalf = kernels.get("linear_chunk", "pack_half_rows");
        this.packBfloat = kernels.get("linear_chunk", "pack_bfloat_rows");
        this.padFloat = kernels.get("linear_chunk", "pad_float_rows");
        this.finish = kernels.get("linear_chunk", "finish_rows");
        this.finishNorm = kernels.get("linear_chunk", "finish_norm_rows");
    }

    private static int padded(int columns) {
        return (columns + 7) / 8 * 8;
    }

    void reserve(CudaMemory memory, int maxRows, int maxInputs) {
        this.maxRows = maxRows;
        this.maxInputs = padded(maxInputs);
        this.inputs = memory.allocate("packed inputs", (long) maxRows * this.maxInputs);
        this.scales = memory.allocate("scales of inputs", maxRows);
        this.unpacked = memory.allocate("unpacked weights", (long) SLICE * this.maxInputs / precision.perWord());
        this.products = memory.allocate("products", (long) maxRows * SLICE);
    }

    /** Bytes that {@link #reserve} allocates. */
    long bytes(int maxRows, int maxInputs) {
        long columns = padded(maxInputs);
        return CudaMemory.occupied(4L * maxRows * columns)
                + CudaMemory.occupied(4L * maxRows)
                + CudaMemory.occupied(4L * SLICE * columns / precision.perWord())
                + CudaMemory.occupied(4L * maxRows * SLICE);
    }

    void run(Matrix in, int rows, List<Projection> projections, boolean accumulate) {
        held = null;
        for (Projection each : projections) {
            CudaWeight weight = (CudaWeight) each.weight();
            if (rows <= Backend.STEP_ROWS) {
                step(in, rows, weight, each.bias(), each.out(), accumulate);
            } else {
                chunk(in, rows, weight, each.bias(), each.out(), accumulate, null);
            }
        }
    }

    /** The norm of what a layer was added to. */
    record Norm(DeviceBuffer weight, float epsilon, Matrix out, int site, long fault) {
        private Norm from(int row) {
            return new Norm(weight, epsilon, out.from(row), site, fault);
        }
    }

    /**
     * Adds a layer to the residual stream, and normalises that where one kernel can do both: behind products that lie in
     * scratch, where the norm needs not read the last slice of the sum again (four bytes a number less, and a launch).
     * Where cuBLAS adds by itself, a pass of ours would move four bytes more, and a decode step's sum is taken as the
     * products leave their registers.
     *
     * @return whether the norm was taken too
     */
    boolean runThenNorm(Matrix in, int rows, Projection projection, Norm norm) {
        CudaWeight weight = (CudaWeight) projection.weight();
        if (rows <= Backend.STEP_ROWS || asItLies(weight)) {
            run(in, rows, List.of(projection), true);
            return false;
        }
        held = null;
        chunk(in, rows, weight, projection.bias(), projection.out(), true, norm);
        return true;
    }

    /** Whether cuBLAS takes the weight as it is and adds to the sum itself. */
    private boolean asItLies(CudaWeight weight) {
        return weight.type() == DType.F32 || weight.type() == DType.BF16 && !full();
    }

    private void step(Matrix in, int rows, CudaWeight weight, DeviceBuffer bias, Matrix out, boolean accumulate) {
        for (int row = 0; row < rows; ) {
            int variant = 0;
            while (variant + 1 < WeightKernels.STEP_ROWS.size()
                    && WeightKernels.STEP_ROWS.get(variant + 1) <= rows - row) {
                variant++;
            }
            int count = WeightKernels.STEP_ROWS.get(variant);
            int outputs = STEP_WARPS * (count <= 2 ? 4 : 2);
            launch.of(weight.kernels().steps().get(variant))
                    .address(weight.bodies())
                    .address(weight.headers())
                    .value(weight.paddedColumns())
                    .value(weight.rows())
                    .address(CudaBuffer.address(in.from(row)))
                    .value(weight.columns())
                    .value(in.stride())
                    .address(CudaBuffer.address(bias))
                    .address(CudaBuffer.address(out.from(row)))
                    .value(out.stride())
                    .value(accumulate)
                    .run((weight.rows() + outputs - 1) / outputs, 1, 32 * STEP_WARPS, 4 * count * TILE_FLOATS);
            row += count;
        }
    }

    private void chunk(
            Matrix in, int rows, CudaWeight weight, DeviceBuffer bias, Matrix out, boolean accumulate, Norm norm) {
        // Wider weights than planned: fewer rows at once.
        int atOnce = (int) Math.min(maxRows, (long) maxRows * maxInputs / weight.paddedColumns());
        for (int row = 0; row < rows; row += atOnce) {
            int count = Math.min(atOnce, rows - row);
            Matrix part = in.from(row);
            Matrix to = out.from(row);
            if (asItLies(weight)) {
                whole(part, count, weight, bias, to, accumulate);
            } else {
                sliced(part, count, weight, bias, to, accumulate, norm == null ? null : norm.from(row));
            }
        }
    }

    private boolean full() {
        return precision == Precision.FULL;
    }

    /** The weight as it lies; accumulation by cuBLAS. */
    private void whole(Matrix in, int rows, CudaWeight weight, DeviceBuffer bias, Matrix out, boolean accumulate) {
        pack(weight.type() == DType.F32 ? padFloat : packBfloat, in, rows, weight);
        blas.multiply(
                weight.type(),
                weight.bodies(),
                weight.rows(),
                weight.paddedColumns(),
                inputs.address(),
                rows,
                CudaBuffer.address(out),
                out.stride(),
                accumulate);
        if (bias != null) {
            finish(0, weight.rows(), rows, 0, CudaBuffer.address(bias), out, true);
        }
    }

    private void sliced(
            Matrix in, int rows, CudaWeight weight, DeviceBuffer bias, Matrix out, boolean accumulate, Norm norm) {
        DType type = full() ? DType.F32 : DType.F16;
        pack(full() ? padFloat : packHalf, in, rows, weight);
        long scale = full() ? 0 : scales.address();
        int atOnce = (int) Math.min(SLICE, (long) SLICE * maxInputs / weight.paddedColumns());
        for (int output = 0; output < weight.rows(); output += atOnce) {
            int count = Math.min(atOnce, weight.rows() - output);
            long slice = weight.type() == type
                    ? weight.bodies() + 2L * output * weight.paddedColumns()
                    : unpack(weight, output, count);
            blas.multiply(
                    type,
                    slice,
                    count,
                    weight.paddedColumns(),
                    inputs.address(),
                    rows,
                    products.address(),
                    count,
                    false);
            long biasAt = bias == null ? 0 : CudaBuffer.address(bias) + 4L * output;
            if (norm != null && output + count == weight.rows()) {
                finishNorm(output, rows, scale, bias, out, norm);
                return;
            }
            finish(products.address(), count, rows, scale, biasAt, out.slice(output, count), accumulate);
        }
    }

    /** Inputs as a kernel packed them. */
    private record Packed(Kernel kernel, Matrix in, int rows, int paddedColumns) {}

    /** Layers of the same input share what is packed: a pass of 6 bytes a number for queries, keys and values, not three. */
    private void pack(Kernel kernel, Matrix in, int rows, CudaWeight weight) {
        Packed wanted = new Packed(kernel, in, rows, weight.paddedColumns());
        if (wanted.equals(held)) {
            return;
        }
        held = wanted;
        launch.of(kernel)
                .address(CudaBuffer.address(in))
                .value(weight.columns())
                .value(in.stride())
                .address(inputs.address())
                .value(weight.paddedColumns());
        if (kernel == packHalf) {
            launch.address(scales.address());
        }
        launch.run(rows, 1, 256, 0);
    }

    private long unpack(CudaWeight weight, int firstRow, int count) {
        launch.of(weight.kernels().unpack())
                .address(weight.bodies())
                .address(weight.headers())
                .value(weight.paddedColumns())
                .value(firstRow)
                .address(unpacked.address())
                .value(!full())
                .run((weight.paddedColumns() + TILE - 1) / TILE, count, 32, 0);
        return unpacked.address();
    }

    /** Scales, bias and sum behind a product; without one (0) only the bias is added. */
    private void finish(long product, int count, int rows, long scale, long bias, Matrix out, boolean accumulate) {
        launch.of(finish)
                .address(product)
                .value(count)
                .address(scale)
                .address(bias)
                .address(CudaBuffer.address(out))
                .value(out.stride())
                .value(accumulate)
                .run((count + 255) / 256, rows, 256, 0);
    }

    private void finishNorm(int first, int rows, long scale, DeviceBuffer bias, Matrix out, Norm norm) {
        launch.of(finishNorm)
                .address(products.address())
                .value(first)
                .value(out.columns())
                .address(scale)
                .address(CudaBuffer.address(bias))
                .address(CudaBuffer.address(out))
                .value(out.stride())
                .address(CudaBuffer.address(norm.weight()))
                .value(norm.epsilon())
                .address(CudaBuffer.address(norm.out()))
                .value(norm.out().stride())
                .value(norm.site())
                .address(norm.fault())
                .run(rows, 1, 256, 0);
    }
}
