package dev.locret.backend.cuda;

import dev.locret.backend.KvSlice;

/**
 * Merges the values of entries that an eviction drops into those that stay, with the CPU's results. It works in scratch
 * of {@link CudaEviction} that is free by then.
 */
final class CudaMerging {
    private static final int THREADS = 256;
    /** Dropped entries of a block, and entries that stay and are compared at once, as in {@code merge.cu}. */
    private static final int ROWS = 16;

    private static final int TILE = 64;

    private final Launch launch;
    private final int maxEntries;
    private final Kernel norms;
    private final Kernel findNearest;
    private final Kernel threshold;
    private final Kernel mergeValues;

    CudaMerging(Launch launch, Kernels kernels, int maxEntries) {
        this.launch = launch;
        this.maxEntries = maxEntries;
        this.norms = kernels.get("merge", "merge_norms");
        this.findNearest = kernels.get("merge", "merge_nearest");
        this.threshold = kernels.get("merge", "merge_threshold");
        this.mergeValues = kernels.get("merge", "merge_values");
    }

    /**
     * What a merge needs beside the cache, as addresses.
     *
     * @param heads where heads lie
     * @param kept entries that stay, ascending, {@code [kvHeads, maxEntries]}
     * @param counts how many those are, {@code [kvHeads]}
     * @param inverseNorms scratch, {@code [kvHeads, maxEntries]}
     * @param nearest the same
     * @param cosines the same
     * @param thresholds scratch, {@code [kvHeads]}
     */
    record Scratch(
            long heads, long kept, long counts, long inverseNorms, long nearest, long cosines, long thresholds) {}

    /**
     * @param fewest entries that the head keeps that keeps fewest
     * @param most entries that the head keeps that keeps most
     */
    void merge(KvSlice cache, Scratch at, int fewest, int most) {
        int type = CudaCache.typeOf(cache);
        int dim = cache.headDim();
        int dropped = cache.longest() - fewest;
        launch.of(norms)
                .address(at.heads())
                .address(CudaBuffer.address(cache.keys()))
                .value(type)
                .value(dim)
                .value(maxEntries)
                .address(at.inverseNorms())
                .run((cache.longest() + THREADS - 1) / THREADS, cache.kvHeads(), THREADS, 0);
        launch.of(findNearest)
                .address(at.heads())
                .address(CudaBuffer.address(cache.keys()))
                .value(type)
                .value(dim)
                .address(at.kept())
                .address(at.counts())
                .value(maxEntries)
                .address(at.inverseNorms())
                .address(at.nearest())
                .address(at.cosines())
                .run((dropped + ROWS - 1) / ROWS, cache.kvHeads(), 128, 4 * (ROWS * dim + TILE * (dim + 1)));
        launch.of(threshold)
                .address(at.heads())
                .address(at.counts())
                .value(maxEntries)
                .address(at.cosines())
                .address(at.thresholds())
                .run(cache.kvHeads(), 1, THREADS, 0);
        launch.of(mergeValues)
                .address(at.heads())
                .address(CudaBuffer.address(cache.values()))
                .value(type)
                .value(dim)
                .address(at.kept())
                .address(at.counts())
                .value(maxEntries)
                .address(at.nearest())
                .address(at.cosines())
                .address(at.thresholds())
                .run(most, cache.kvHeads(), 128, 0);
    }
}
