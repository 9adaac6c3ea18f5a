package dev.locret.backend.cuda;

import dev.locret.tensor.DType;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import jcuda.Pointer;
import jcuda.cudaDataType;
import jcuda.jcublas.JCublas2;
import jcuda.jcublas.cublasComputeType;
import jcuda.jcublas.cublasGemmAlgo;
import jcuda.jcublas.cublasHandle;
import jcuda.jcublas.cublasOperation;
import jcuda.runtime.cudaStream_t;

/** Matrix products by cuBLAS on one context's stream. */
final class Blas implements AutoCloseable {
    /** Bytes of workspace: what NVIDIA recommends for the newest chips. Its size may decide which kernel runs. */
    static final long WORKSPACE_BYTES = 32 << 20;

    private final CudaContext context;
    private final cublasHandle handle = new cublasHandle();
    private final ByteBuffer factors = ByteBuffer.allocateDirect(8).order(ByteOrder.nativeOrder());
    private final Pointer one = Pointer.to(factors);
    private final Pointer zero = one.withByteOffset(4);
    private boolean closed;

    Blas(CudaContext context, CudaMemory memory) {
        this.context = context;
        factors.putFloat(0, 1);
        context.enter();
        Cuda.checkBlas(JCublas2.cublasCreate(handle), "cublasCreate");
        try {
            Cuda.checkBlas(JCublas2.cublasSetStream(handle, new cudaStream_t(context.stream())), "cublasSetStream");
            CudaBuffer workspace = memory.allocate("workspace of cuBLAS", WORKSPACE_BYTES / 4);
            Cuda.checkBlas(
                    JCublas2.cublasSetWorkspace(handle, new BlasPointer(workspace.address()), WORKSPACE_BYTES),
                    "cublasSetWorkspace");
        } catch (RuntimeException e) {
            close();
            throw e;
        }
    }

    /**
     * {@code out = in · weightᵀ}, or {@code out += …}, with sums in f32.
     *
     * @param type of both inputs: F32, F16 or BF16
     * @param weight address of {@code [outputs, columns]}
     * @param in address of {@code [rows, columns]}
     * @param out address of {@code [rows, outStride]} floats
     */
    void multiply(
            DType type,
            long weight,
            int outputs,
            int columns,
            long in,
            int rows,
            long out,
            int outStride,
            boolean add) {
        context.enter();
        int data =
                switch (type) {
                    case F32 -> cudaDataType.CUDA_R_32F;
                    case F16 -> cudaDataType.CUDA_R_16F;
                    case BF16 -> cudaDataType.CUDA_R_16BF;
                    default -> throw new IllegalArgumentException("no matrix product of type " + type);
                };
        // cuBLAS is column-major: outᵀ = weight · inᵀ. The old entry points take another type for the sums, silently.
        int status = JCublas2.cublasGemmEx_new(
                handle,
                cublasOperation.CUBLAS_OP_T,
                cublasOperation.CUBLAS_OP_N,
                outputs,
                rows,
                columns,
                one,
                new BlasPointer(weight),
                data,
                columns,
                new BlasPointer(in),
                data,
                columns,
                add ? one : zero,
                new BlasPointer(out),
                cudaDataType.CUDA_R_32F,
                outStride,
                cublasComputeType.CUBLAS_COMPUTE_32F,
                cublasGemmAlgo.CUBLAS_GEMM_DEFAULT);
        Cuda.checkBlas(status, "cublasGemmEx");
    }

    @Override
    public void close() {
        if (!closed) {
            closed = true;
            JCublas2.cublasDestroy(handle);
        }
    }
}
