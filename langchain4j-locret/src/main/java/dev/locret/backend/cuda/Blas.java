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
        int data =
                switch (type) {
                    case F32 -> cudaDataType.CUDA_R_32F;
                    case F16 -> cudaDataType.CUDA_R_16F;
                    case BF16 -> cudaDataType.CUDA_R_16BF;
                    default -> throw new IllegalArgumentException("no matrix product of type " + type);
                };
        // cuBLAS is column-major: outᵀ = weight · inᵀ.
        Operand left = new Operand(weight, cublasOperation.CUBLAS_OP_T, columns);
        Operand right = new Operand(in, cublasOperation.CUBLAS_OP_N, columns);
        gemm(data, outputs, rows, columns, left, right, out, outStride, add);
    }

    /**
     * {@code out[rows, columns] = a · b} of floats.
     *
     * @param a address of {@code [rows, inner]} in rows of {@code aStride}
     * @param b address of {@code [inner, columns]} in rows of {@code bStride}
     */
    void multiplyFloats(
            int rows, int columns, int inner, long a, int aStride, long b, int bStride, long out, int outStride) {
        Operand left = new Operand(b, cublasOperation.CUBLAS_OP_N, bStride);
        Operand right = new Operand(a, cublasOperation.CUBLAS_OP_N, aStride);
        gemm(cudaDataType.CUDA_R_32F, columns, rows, inner, left, right, out, outStride, false);
    }

    /**
     * {@code out[rows, columns] = aᵀ · b} of floats, or {@code out += …}.
     *
     * @param a address of {@code [inner, rows]} in rows of {@code aStride}
     * @param b address of {@code [inner, columns]} in rows of {@code bStride}
     */
    void multiplyTransposed(
            int rows,
            int columns,
            int inner,
            long a,
            int aStride,
            long b,
            int bStride,
            long out,
            int outStride,
            boolean add) {
        Operand left = new Operand(b, cublasOperation.CUBLAS_OP_N, bStride);
        Operand right = new Operand(a, cublasOperation.CUBLAS_OP_T, aStride);
        gemm(cudaDataType.CUDA_R_32F, columns, rows, inner, left, right, out, outStride, add);
    }

    /** A matrix as cuBLAS sees it: column-major, transposed or not. */
    private record Operand(long address, int operation, int stride) {}

    /** Column-major: {@code out[m, n] = left[m, k] · right[k, n]}. */
    private void gemm(
            int data, int m, int n, int k, Operand left, Operand right, long out, int outStride, boolean add) {
        context.enter();
        // The old entry points take another type for the sums, silently.
        int status = JCublas2.cublasGemmEx_new(
                handle,
                left.operation(),
                right.operation(),
                m,
                n,
                k,
                one,
                new BlasPointer(left.address()),
                data,
                left.stride(),
                new BlasPointer(right.address()),
                data,
                right.stride(),
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
