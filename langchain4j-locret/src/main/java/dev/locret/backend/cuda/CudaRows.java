package dev.locret.backend.cuda;

import dev.locret.backend.DeviceBuffer;
import dev.locret.backend.Matrix;

/** Operations on rows one by one: embeddings, norms, activations, copies. A norm remembers where it met NaN or infinity. */
final class CudaRows {
    private static final int THREADS = 256;
    private static final int NO_FAULT = Integer.MAX_VALUE;

    private final Launch launch;
    private final Parameters parameters;
    private final CudaMemory memory;
    private final Transfers transfers;
    private final Kernel rmsNorm;
    private final Kernel gatedActivation;
    private final Kernel silu;
    private final Kernel gelu;
    private final Kernel gatherRows;
    /** The least site with an unsound row. */
    private final CudaBuffer fault;

    CudaRows(Launch launch, Parameters parameters, Kernels kernels, CudaMemory memory, Transfers transfers) {
        this.launch = launch;
        this.parameters = parameters;
        this.memory = memory;
        this.transfers = transfers;
        this.rmsNorm = kernels.get("elementwise", "rms_norm");
        this.gatedActivation = kernels.get("elementwise", "gated_activation");
        this.silu = kernels.get("elementwise", "silu_rows");
        this.gelu = kernels.get("elementwise", "gelu_rows");
        this.gatherRows = kernels.get("elementwise", "gather_rows");
        this.fault = memory.allocate("fault", 1);
        memory.fill(fault.pointer(), NO_FAULT, 1);
    }

    /** Where a kernel writes the site of an unsound row, if it is less than what is there. */
    long fault() {
        return fault.address();
    }

    void embed(CudaWeight weight, int[] tokenIds, Matrix out) {
        launch.of(weight.kernels().embed())
                .address(weight.bodies())
                .address(weight.headers())
                .value(weight.paddedColumns())
                .address(parameters.tokenIds(tokenIds))
                .address(CudaBuffer.address(out))
                .value(weight.columns())
                .value(out.stride())
                .run((weight.paddedColumns() + 1023) / 1024, tokenIds.length, 32, 0);
    }

    void rmsNorm(Matrix in, int rows, DeviceBuffer weight, float epsilon, Matrix out, int site) {
        launch.of(rmsNorm)
                .address(CudaBuffer.address(in))
                .value(in.columns())
                .value(in.stride())
                .address(CudaBuffer.address(weight))
                .value(epsilon)
                .address(CudaBuffer.address(out))
                .value(out.stride())
                .value(site)
                .address(fault.address())
                .run(rows, 1, THREADS, 0);
    }

    void gatedActivation(Matrix gateUp, int rows, Matrix out) {
        launch.of(gatedActivation)
                .address(CudaBuffer.address(gateUp))
                .value(gateUp.stride())
                .value(out.columns())
                .address(CudaBuffer.address(out))
                .value(out.stride())
                .run(blocks(out.columns()), rows, THREADS, 0);
    }

    void silu(Matrix x, int rows) {
        activate(silu, x, rows);
    }

    void gelu(Matrix x, int rows) {
        activate(gelu, x, rows);
    }

    private void activate(Kernel kernel, Matrix x, int rows) {
        launch.of(kernel)
                .address(CudaBuffer.address(x))
                .value(x.stride())
                .value(x.columns())
                .run(blocks(x.columns()), rows, THREADS, 0);
    }

    void gather(Matrix in, int[] indices, Matrix out) {
        launch.of(gatherRows)
                .address(CudaBuffer.address(in))
                .value(in.stride())
                .address(parameters.ints(indices))
                .value(in.columns())
                .address(CudaBuffer.address(out))
                .value(out.stride())
                .run(blocks(in.columns()), indices.length, THREADS, 0);
    }

    /** The least site at which a norm met NaN or infinity since the last call, or -1; waits. */
    int takeFault() {
        int[] site = new int[1];
        transfers.downloadInts(fault.pointer(), site, 0, 1);
        if (site[0] == NO_FAULT) {
            return -1;
        }
        memory.fill(fault.pointer(), NO_FAULT, 1);
        return site[0];
    }

    private static int blocks(int elements) {
        return (elements + THREADS - 1) / THREADS;
    }
}
