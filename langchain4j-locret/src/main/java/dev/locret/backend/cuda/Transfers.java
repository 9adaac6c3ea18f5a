package dev.locret.backend.cuda;

import java.nio.ByteBuffer;
import jcuda.Pointer;
import jcuda.driver.CUdeviceptr;
import jcuda.driver.CUevent;
import jcuda.driver.JCudaDriver;

/**
 * Carries large data between host and device through two pinned buffers: one is filled while the other is on its way.
 */
final class Transfers {
    /** Bytes of one buffer. */
    static final int BYTES = 4 << 20;

    private static final int BUFFERS = 2;

    private final CudaContext context;
    private final ByteBuffer[] buffers = new ByteBuffer[BUFFERS];
    /** When the copy out of a buffer is done. */
    private final CUevent[] done = new CUevent[BUFFERS];

    private int next;

    Transfers(CudaContext context, CudaMemory memory) {
        this.context = context;
        for (int i = 0; i < BUFFERS; i++) {
            buffers[i] = memory.allocatePinned(BYTES);
            done[i] = new CUevent();
            context.check(JCudaDriver.cuEventCreate(done[i], 0), "cuEventCreate");
        }
    }

    /** Fills one piece of what is uploaded. */
    @FunctionalInterface
    interface Source {
        /**
         * @param from first byte of the piece
         * @param out of the piece's size
         */
        void fill(long from, ByteBuffer out);
    }

    /**
     * Copies {@code bytes} to the device.
     *
     * @param unit pieces are multiples of so many bytes, at most {@link #BYTES}
     */
    void upload(CUdeviceptr to, long bytes, int unit, Source source) {
        context.enter();
        int most = BYTES / unit * unit;
        for (long from = 0; from < bytes; from += most) {
            int count = (int) Math.min(most, bytes - from);
            ByteBuffer buffer = buffers[next];
            context.check(JCudaDriver.cuEventSynchronize(done[next]), "cuEventSynchronize");
            source.fill(from, buffer.clear().limit(count).slice().order(buffer.order()));
            context.check(
                    JCudaDriver.cuMemcpyHtoDAsync(
                            to.withByteOffset(from), Pointer.to(buffer.clear()), count, context.stream()),
                    "cuMemcpyHtoDAsync");
            context.check(JCudaDriver.cuEventRecord(done[next], context.stream()), "cuEventRecord");
            next = (next + 1) % BUFFERS;
        }
    }

    /** Takes one piece of what is downloaded. */
    @FunctionalInterface
    interface Sink {
        /**
         * @param from first byte of the piece
         * @param in of the piece's size
         */
        void take(long from, ByteBuffer in);
    }

    /** Copies {@code bytes} to the host, after all work before; waits. Pieces are multiples of 4 bytes. */
    void download(CUdeviceptr from, long bytes, Sink sink) {
        context.enter();
        ByteBuffer buffer = buffers[next];
        context.check(JCudaDriver.cuEventSynchronize(done[next]), "cuEventSynchronize");
        for (long at = 0; at < bytes; at += BYTES) {
            int count = (int) Math.min(BYTES, bytes - at);
            context.check(
                    JCudaDriver.cuMemcpyDtoHAsync(
                            Pointer.to(buffer.clear()), from.withByteOffset(at), count, context.stream()),
                    "cuMemcpyDtoHAsync");
            context.synchronize();
            sink.take(at, buffer.clear().limit(count).slice().order(buffer.order()));
        }
    }

    /** Copies {@code count} values from {@code at}. */
    void uploadFloats(CUdeviceptr to, float[] values, int at, int count) {
        upload(to, 4L * count, 4, (from, out) -> out.asFloatBuffer()
                .put(values, at + (int) (from / 4), out.remaining() / 4));
    }

    /** Copies {@code count} values from {@code at}. */
    void uploadInts(CUdeviceptr to, int[] values, int at, int count) {
        upload(to, 4L * count, 4, (from, out) -> out.asIntBuffer()
                .put(values, at + (int) (from / 4), out.remaining() / 4));
    }

    /** Writes {@code count} floats to {@code out} from {@code at}. */
    void downloadFloats(CUdeviceptr from, float[] out, int at, int count) {
        download(from, 4L * count, (begin, in) -> in.asFloatBuffer()
                .get(out, at + (int) (begin / 4), in.remaining() / 4));
    }

    /** Writes {@code count} integers to {@code out} from {@code at}. */
    void downloadInts(CUdeviceptr from, int[] out, int at, int count) {
        download(
                from, 4L * count, (begin, in) -> in.asIntBuffer().get(out, at + (int) (begin / 4), in.remaining() / 4));
    }
}
