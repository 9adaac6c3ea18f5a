package dev.locret.backend.cuda;

import dev.locret.common.ErrorId;
import dev.locret.common.LocretException;
import jcuda.driver.CUresult;
import jcuda.driver.JCudaDriver;
import jcuda.jcublas.cublasStatus;

/** Turns result codes into exceptions. */
final class Cuda {
    private Cuda() {}

    /**
     * @param code what a call of the driver returned
     * @param call its name, for the message
     */
    static void check(int code, String call) {
        if (code != CUresult.CUDA_SUCCESS) {
            throw failure(code, call);
        }
    }

    /** Newest version of CUDA that the driver knows, such as {@code 12.9}. */
    static String driverVersion() {
        int[] version = new int[1];
        check(JCudaDriver.cuDriverGetVersion(version), "cuDriverGetVersion");
        return version[0] / 1000 + "." + version[0] % 1000 / 10;
    }

    static LocretException failure(int code, String call) {
        ErrorId id =
                switch (code) {
                    case CUresult.CUDA_ERROR_OUT_OF_MEMORY -> ErrorId.NOT_ENOUGH_MEMORY;
                    case CUresult.CUDA_ERROR_NO_DEVICE, CUresult.CUDA_ERROR_INVALID_DEVICE ->
                        ErrorId.DEVICE_UNAVAILABLE;
                    default -> ErrorId.DEVICE_FAILED;
                };
        return new LocretException(id, "cuda: " + call + " failed: " + CUresult.stringFor(code) + " (" + code + ")");
    }

    /** As above for cuBLAS. */
    static void checkBlas(int status, String call) {
        if (status != cublasStatus.CUBLAS_STATUS_SUCCESS) {
            throw new LocretException(
                    ErrorId.DEVICE_FAILED,
                    "cuda: " + call + " failed: " + cublasStatus.stringFor(status) + " (" + status + ")");
        }
    }
}
