package dev.locret.backend.cuda;

import dev.locret.backend.DeviceSpeed;
import dev.locret.tensor.DType;
import java.util.function.IntConsumer;
import jcuda.driver.CUevent;
import jcuda.driver.JCudaDriver;

/** Measures copies and matrix products of growing size, until one takes long enough to be measured well. */
final class SpeedProbe {
    /** Time that a measurement takes at least, unless the largest size is faster. */
    private static final float ENOUGH_MILLIS = 20;

    private static final int REPEATS = 5;
    private static final int SMALLEST = 256;
    private static final int LARGEST = 8192;

    private final CudaContext context;
    private final CudaMemory memory;
    private final Blas blas;
    private final CUevent begin = new CUevent();
    private final CUevent end = new CUevent();

    SpeedProbe(CudaContext context, CudaMemory memory, Blas blas) {
        this.context = context;
        this.memory = memory;
        this.blas = blas;
        context.enter();
        context.check(JCudaDriver.cuEventCreate(begin, 0), "cuEventCreate");
        context.check(JCudaDriver.cuEventCreate(end, 0), "cuEventCreate");
    }

    /** Measures on memory that it takes, a quarter of what is left at most, and does not give back before the context. */
    DeviceSpeed measure() {
        int largest = LARGEST;
        while (largest > SMALLEST && 16L * largest * largest > memory.available() / 4) {
            largest /= 2;
        }
        long elements = (long) largest * largest;
        CudaBuffer a = memory.allocate("first matrix", elements);
        CudaBuffer b = memory.allocate("second matrix", elements);
        double bytes = 0;
        double operations = 0;
        float copyMillis = 0;
        float multiplyMillis = 0;
        for (int size = SMALLEST; size <= largest; size *= 2) {
            if (copyMillis < ENOUGH_MILLIS) {
                copyMillis = millis(size, n -> copy(a, b, 4L * n * n));
                bytes = 2 * 4.0 * size * size / (copyMillis / 1000);
            }
            if (multiplyMillis < ENOUGH_MILLIS) {
                // Two matrices of halves fit in one of words.
                multiplyMillis = millis(
                        size,
                        n -> blas.multiply(
                                DType.F16, a.address(), n, n, a.address() + 2L * n * n, n, b.address(), n, false));
                operations = 2.0 * size * size * size / (multiplyMillis / 1000);
            }
        }
        return new DeviceSpeed(bytes, operations);
    }

    private void copy(CudaBuffer from, CudaBuffer to, long bytes) {
        context.check(
                JCudaDriver.cuMemcpyDtoDAsync(to.pointer(), from.pointer(), bytes, context.stream()),
                "cuMemcpyDtoDAsync");
    }

    /** Time of one run, after one that does not count. */
    private float millis(int size, IntConsumer work) {
        work.accept(size);
        context.check(JCudaDriver.cuEventRecord(begin, context.stream()), "cuEventRecord");
        for (int i = 0; i < REPEATS; i++) {
            work.accept(size);
        }
        context.check(JCudaDriver.cuEventRecord(end, context.stream()), "cuEventRecord");
        context.synchronize();
        float[] millis = new float[1];
        context.check(JCudaDriver.cuEventElapsedTime(millis, begin, end), "cuEventElapsedTime");
        return Math.max(1e-3f, millis[0] / REPEATS);
    }
}
