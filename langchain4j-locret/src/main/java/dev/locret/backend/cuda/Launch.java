package dev.locret.backend.cuda;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import jcuda.Pointer;
import jcuda.driver.JCudaDriver;

/**
 * Starts kernels: {@code launch.of(kernel).address(x).value(n).run(blocks, 1, threads, 0)}. Arguments are written to one
 * direct buffer that is used again and again, a word of 8 bytes each.
 */
final class Launch {
    private static final int MOST = 32;

    private final CudaContext context;
    private final ByteBuffer words = ByteBuffer.allocateDirect(8 * MOST).order(ByteOrder.nativeOrder());
    /** For so many arguments, a pointer to pointers to each. */
    private final Pointer[] lists = new Pointer[MOST + 1];

    private Kernel kernel;
    private int count;

    Launch(CudaContext context) {
        this.context = context;
        Pointer base = Pointer.to(words);
        for (int n = 1; n <= MOST; n++) {
            Pointer[] each = new Pointer[n];
            for (int i = 0; i < n; i++) {
                each[i] = base.withByteOffset(8L * i);
            }
            lists[n] = Pointer.to(each);
        }
    }

    Launch of(Kernel kernel) {
        this.kernel = kernel;
        this.count = 0;
        return this;
    }

    /** A pointer, or 64 bits. */
    Launch address(long value) {
        words.putLong(8 * count++, value);
        return this;
    }

    Launch value(int value) {
        words.putInt(8 * count++, value);
        return this;
    }

    Launch value(float value) {
        words.putFloat(8 * count++, value);
        return this;
    }

    Launch value(double value) {
        words.putDouble(8 * count++, value);
        return this;
    }

    Launch value(boolean value) {
        return value(value ? 1 : 0);
    }

    /**
     * Queues the kernel; it may run later.
     *
     * @param blocksX blocks; nothing happens if there are none
     * @param sharedBytes dynamic shared memory of a block
     */
    void run(int blocksX, int blocksY, int threads, int sharedBytes) {
        if (blocksX == 0 || blocksY == 0) {
            return;
        }
        context.enter();
        context.check(
                JCudaDriver.cuLaunchKernel(
                        kernel.function(),
                        blocksX,
                        blocksY,
                        1,
                        threads,
                        1,
                        1,
                        sharedBytes,
                        context.stream(),
                        lists[count],
                        null),
                "kernel " + kernel.name());
    }
}
