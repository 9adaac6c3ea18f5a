package dev.locret.backend.cuda;

/** Kernels of {@code elementwise.cu} that an operation of the backend calls by itself. */
record ElementwiseKernels(Kernel rmsNorm, Kernel gatedActivation, Kernel silu, Kernel gelu, Kernel gatherRows) {
    static ElementwiseKernels load(Kernels kernels) {
        return new ElementwiseKernels(
                kernels.get("elementwise", "rms_norm"),
                kernels.get("elementwise", "gated_activation"),
                kernels.get("elementwise", "silu_rows"),
                kernels.get("elementwise", "gelu_rows"),
                kernels.get("elementwise", "gather_rows"));
    }
}
