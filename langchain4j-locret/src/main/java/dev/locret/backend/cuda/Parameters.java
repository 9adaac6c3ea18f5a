package dev.locret.backend.cuda;

import dev.locret.backend.KvSegment;
import dev.locret.backend.KvSlice;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.function.Consumer;
import jcuda.Pointer;
import jcuda.driver.CUdeviceptr;
import jcuda.driver.JCudaDriver;

/**
 * Carries the small things that a kernel needs beside its arguments: token ids, lengths of heads, tasks. They are written
 * to a ring of pinned memory and copied to the same place of a ring on the device, in order of the stream, so that
 * nothing waits; only when the ring is full, once in some hundred decode steps.
 */
final class Parameters {
    /** Bytes of the ring: enough for the token ids of a million tokens. */
    static final int BYTES = 4 << 20;

    /** Bytes of {@code Segment} in {@code cache.cuh}. */
    static final int SEGMENT_BYTES = 48;

    private static final int ALIGNMENT = 16;

    private final CudaContext context;
    private final ByteBuffer host;
    private final Pointer hostPointer;
    private final CudaBuffer device;
    private int position;
    /** Says where things lie while a step is recorded, else null. */
    private StepRecording recording;

    Parameters(CudaContext context, CudaMemory memory) {
        this.context = context;
        this.host = memory.allocatePinned(BYTES);
        this.hostPointer = Pointer.to(host);
        this.device = memory.allocate("parameters", BYTES / 4);
    }

    /** Gives out the addresses of a recording from now on, none of this ring; null to end that. */
    void record(StepRecording next) {
        recording = next;
    }

    /** Whether a step is recorded. */
    boolean recording() {
        return recording != null;
    }

    /** Copies what {@code writer} puts into a buffer of {@code bytes} to the device; returns its address there. */
    long put(int bytes, Consumer<ByteBuffer> writer) {
        if (recording != null) {
            return recording.constant(bytes, writer);
        }
        int at = stage(bytes, writer);
        send(device.pointer().withByteOffset(at), at, bytes);
        return device.address() + at;
    }

    /** As above to a place of its own. */
    void copy(CudaBuffer to, long offset, int bytes, Consumer<ByteBuffer> writer) {
        send(to.pointer().withByteOffset(offset), stage(bytes, writer), bytes);
    }

    /** Writes to the host's ring; the place there. */
    private int stage(int bytes, Consumer<ByteBuffer> writer) {
        if (bytes > BYTES) {
            throw new IllegalArgumentException("parameters too large: bytes=" + bytes + ", most=" + BYTES);
        }
        // First: the memory of a context that was closed is gone.
        context.enter();
        if (bytes > BYTES - position) {
            // What is there may still be read.
            context.synchronize();
            position = 0;
        }
        int at = position;
        writer.accept(host.clear().position(at).limit(at + bytes).slice().order(host.order()));
        position = Math.min(BYTES, (at + Math.max(4, bytes) + ALIGNMENT - 1) / ALIGNMENT * ALIGNMENT);
        return at;
    }

    private void send(CUdeviceptr to, int at, int bytes) {
        context.check(
                JCudaDriver.cuMemcpyHtoDAsync(to, hostPointer.withByteOffset(at), Math.max(4, bytes), context.stream()),
                "cuMemcpyHtoDAsync");
    }

    long ints(int... values) {
        return put(4 * values.length, out -> out.asIntBuffer().put(values));
    }

    /** As above for the new tokens of a forward. */
    long tokenIds(int[] values) {
        return recording == null ? ints(values) : recording.tokenIds();
    }

    long longs(long... values) {
        return put(8 * values.length, out -> out.asLongBuffer().put(values));
    }

    /** First entry and length of every KV head. */
    long heads(KvSlice cache) {
        return recording == null ? put(8 * cache.kvHeads(), out -> putHeads(out, cache)) : recording.heads(cache);
    }

    /** As above for all segments, one after the other. */
    long heads(List<KvSegment> segments) {
        if (recording != null) {
            return recording.heads(segments);
        }
        int kvHeads = segments.get(0).cache().kvHeads();
        return put(8 * kvHeads * segments.size(), out -> segments.forEach(s -> putHeads(out, s.cache())));
    }

    /** As {@code Head} of {@code cache.cuh}. */
    static void putHeads(ByteBuffer out, KvSlice cache) {
        for (int head = 0; head < cache.kvHeads(); head++) {
            out.putInt(cache.first(head)).putInt(cache.length(head));
        }
    }

    /** Segments as {@code Segment} of {@code cache.cuh}. */
    long segments(List<KvSegment> segments) {
        return recording == null
                ? put(SEGMENT_BYTES * segments.size(), out -> segments.forEach(each -> putSegment(out, each)))
                : recording.segments(segments);
    }

    static void putSegment(ByteBuffer out, KvSegment each) {
        out.putLong(CudaBuffer.address(each.cache().keys()))
                .putLong(CudaBuffer.address(each.cache().values()))
                .putLong(CudaBuffer.address(each.cache().positions()))
                .putLong(CudaBuffer.address(each.cache().scores()))
                .putInt(each.firstRow())
                .putInt(each.rows())
                .putInt(each.firstPosition())
                .putInt(CudaCache.typeOf(each.cache()));
    }
}
