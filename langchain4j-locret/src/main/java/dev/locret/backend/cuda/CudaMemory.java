package dev.locret.backend.cuda;

import dev.locret.common.Checks;
import dev.locret.common.ErrorId;
import dev.locret.common.LocretException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import jcuda.Pointer;
import jcuda.driver.CUresult;
import jcuda.driver.JCudaDriver;

/** Allocates memory of one context; it is freed with the context. */
final class CudaMemory {
    /** Bytes in which the driver hands out memory. */
    private static final long GRANULE = 512;

    private final CudaContext context;

    CudaMemory(CudaContext context) {
        this.context = context;
    }

    /** Bytes that {@link #allocate} takes for so many. */
    static long occupied(long bytes) {
        return (bytes + GRANULE - 1) / GRANULE * GRANULE;
    }

    /** Bytes that can still be allocated. */
    long available() {
        context.enter();
        long[] free = new long[1];
        context.check(JCudaDriver.cuMemGetInfo(free, new long[1]), "cuMemGetInfo");
        return free[0];
    }

    /** Bytes of the device, others' included. */
    long total() {
        context.enter();
        long[] total = new long[1];
        context.check(JCudaDriver.cuMemGetInfo(new long[1], total), "cuMemGetInfo");
        return total[0];
    }

    /** So many elements of 32 bits, all zero. */
    CudaBuffer allocate(String name, long elements) {
        Checks.argument(elements >= 0, () -> "cuda: negative size: buffer='" + name + "', elements=" + elements);
        context.enter();
        // The driver refuses empty allocations.
        long bytes = Math.max(4, Math.multiplyExact(elements, 4L));
        DeviceAddress pointer = new DeviceAddress();
        int code = JCudaDriver.cuMemAlloc(pointer, bytes);
        if (code == CUresult.CUDA_ERROR_OUT_OF_MEMORY) {
            throw new LocretException(
                    ErrorId.NOT_ENOUGH_MEMORY,
                    "cuda: no memory left: buffer='" + name + "', needed=" + bytes + " bytes, available="
                            + available());
        }
        context.check(code, "cuMemAlloc");
        zero(pointer, bytes / 4);
        return new CudaBuffer(name, pointer, elements);
    }

    private void zero(DeviceAddress pointer, long words) {
        fill(pointer, 0, words);
    }

    /** Sets words of 32 bits, in order with all other work. */
    void fill(DeviceAddress pointer, int value, long words) {
        context.enter();
        context.check(JCudaDriver.cuMemsetD32Async(pointer, value, words, context.stream()), "cuMemsetD32Async");
    }

    /** Memory of the host that the device reads and writes directly. */
    ByteBuffer allocatePinned(int bytes) {
        context.enter();
        Pointer pointer = new Pointer();
        context.check(JCudaDriver.cuMemHostAlloc(pointer, bytes, 0), "cuMemHostAlloc");
        return pointer.getByteBuffer(0, bytes).order(ByteOrder.nativeOrder());
    }
}
