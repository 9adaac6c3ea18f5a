package dev.locret.backend.cpu;

import dev.locret.backend.KvCacheType;
import dev.locret.backend.KvSlice;
import java.util.Arrays;

/**
 * Cached keys and values as floats: where they lie if the cache holds floats, else unpacked block by block to scratch.
 * Of one thread; what it found is valid until the next call.
 */
final class CacheReader {
    /** Most values that are read at once. */
    static final int BLOCK = 128;

    private final Kernels kernels;
    private final int width;
    private final float[] keyScratch;
    private final float[] valueScratch;
    private float[] floats;
    private int offset;
    private int panelStride;

    CacheReader(Kernels kernels, int headDim) {
        this.kernels = kernels;
        this.width = kernels.width();
        this.keyScratch = new float[keyFloats(headDim, width)];
        this.valueScratch = new float[valueFloats(headDim, width)];
    }

    /** One for each thread. */
    static CacheReader[] of(Kernels kernels, WorkerPool pool, int headDim) {
        CacheReader[] readers = new CacheReader[pool.threads()];
        Arrays.setAll(readers, i -> new CacheReader(kernels, headDim));
        return readers;
    }

    private static int keyFloats(int headDim, int width) {
        return CacheLayout.roundUp(headDim, PackedRow.HALVES) * width;
    }

    private static int valueFloats(int headDim, int width) {
        return BLOCK * CacheLayout.roundUp(headDim, width);
    }

    /** Bytes that {@link #of} allocates. */
    static long bytes(int headDim, int width, int threads) {
        return 4L * threads * (keyFloats(headDim, width) + valueFloats(headDim, width));
    }

    /** Finds the panel of keys {@code [headDim][width]} that begins with an entry. */
    void keys(KvSlice cache, int head, int entry) {
        CacheLayout layout = CacheLayout.of(cache, width);
        int at = layout.key(head, entry);
        if (cache.type() == KvCacheType.F32) {
            floats = CpuBuffer.floats(cache.keys());
            offset = at;
            return;
        }
        PackedRow row = PackedRow.of(cache.type(), cache.headDim());
        int groups = row.words() / row.format().groupWords();
        kernels.unpack(row.format(), CpuBuffer.ints(cache.keys()), at, groups, keyScratch);
        if (cache.type().mixesKeys()) {
            kernels.unmixKeys(keyScratch, cache.headDim());
        }
        floats = keyScratch;
        offset = 0;
    }

    /**
     * Finds values as panels of dimensions {@code [ceil(headDim / width)][entries][width]}.
     *
     * @param count at most {@link #BLOCK}
     */
    void values(KvSlice cache, int head, int begin, int count) {
        if (cache.type() == KvCacheType.F32) {
            CacheLayout layout = CacheLayout.of(cache, width);
            floats = CpuBuffer.floats(cache.values());
            offset = layout.value(head, 0, begin);
            panelStride = cache.region(head) * width;
            return;
        }
        PackedRow row = PackedRow.of(cache.type(), cache.headDim());
        floats = valueScratch;
        offset = 0;
        panelStride = BLOCK * width;
        kernels.unpackValues(
                row.format(),
                CpuBuffer.ints(cache.values()),
                (cache.first(head) + begin) * row.words(),
                row.words(),
                count,
                cache.headDim(),
                valueScratch,
                panelStride);
    }

    float[] floats() {
        return floats;
    }

    /** Index of what was asked for in {@link #floats}. */
    int offset() {
        return offset;
    }

    /** Elements from one panel of values to the next. */
    int panelStride() {
        return panelStride;
    }
}
