package dev.locret.backend.cuda;

import dev.locret.backend.AttentionSpec;
import dev.locret.backend.DeviceBuffer;
import dev.locret.backend.EvictionSpec;
import dev.locret.backend.EvictionSpec.Sharing;
import dev.locret.backend.EvictionSpec.ValueNorm;
import dev.locret.backend.KvSlice;
import java.util.Arrays;

/**
 * Eviction on the device: entries get ranks, a radix select per head finds those that stay, and these move through
 * scratch to the front of their head. Only numbers of entries travel to the host, and only where heads share a budget.
 * Among equal scores the later entries stay.
 */
final class CudaEviction {
    private static final int THREADS = 256;
    private static final int SELECT_THREADS = 1024;
    private static final int ENTRIES_PER_BLOCK = 8;
    private static final int BINS = 256;

    private final Launch launch;
    private final Parameters parameters;
    private final CudaMemory memory;
    private final Transfers transfers;
    private final int maxEntries;
    private final CudaBuffer moving;
    private final CudaBuffer ranks;
    private final CudaBuffer kept;
    private final CudaBuffer squares;
    private final CudaBuffer forced;
    private final CudaBuffer above;
    private final CudaBuffer counts;
    private final CudaBuffer histograms;
    private final Kernel valueNorms;
    private final Kernel rankEntries;
    private final Kernel shareHistogram;
    private final Kernel shareChoose;
    private final Kernel select;
    private final Kernel gather;
    private final Kernel scatter;
    private final CudaMerging merging;

    CudaEviction(
            Launch launch,
            Parameters parameters,
            Kernels kernels,
            CudaMemory memory,
            Transfers transfers,
            AttentionSpec spec,
            CudaAttention attention) {
        this.launch = launch;
        this.parameters = parameters;
        this.memory = memory;
        this.transfers = transfers;
        this.maxEntries = attention.maxEntries();
        this.moving = attention.scratch();
        long all = (long) spec.kvHeads() * maxEntries;
        this.ranks = memory.allocate("ranks of entries", all);
        this.kept = memory.allocate("kept entries", all);
        this.squares = memory.allocate("norms of values", all);
        this.forced = memory.allocate("forced entries", spec.kvHeads());
        this.above = memory.allocate("entries above", spec.kvHeads());
        this.counts = memory.allocate("numbers of kept entries", spec.kvHeads());
        this.histograms = memory.allocate("histograms of ranks", (long) spec.kvHeads() * BINS);
        this.valueNorms = kernels.get("evict", "value_norms");
        this.rankEntries = kernels.get("evict", "rank_entries");
        this.shareHistogram = kernels.get("evict", "share_histogram");
        this.shareChoose = kernels.get("evict", "share_choose");
        this.select = kernels.get("evict", "select_entries");
        this.gather = kernels.get("evict", "gather_entries");
        this.scatter = kernels.get("evict", "scatter_entries");
        this.merging = new CudaMerging(launch, kernels, maxEntries);
    }

    /** Bytes that the constructor allocates. */
    static long bytes(AttentionSpec spec, int maxEntries) {
        return 3 * CudaMemory.occupied(4L * spec.kvHeads() * maxEntries)
                + 3 * CudaMemory.occupied(4L * spec.kvHeads())
                + CudaMemory.occupied(4L * spec.kvHeads() * BINS);
    }

    void evict(KvSlice cache, EvictionSpec spec) {
        int[] keep = new int[cache.kvHeads()];
        boolean evicts = spec.sharing() != null;
        for (int head = 0; head < keep.length; head++) {
            keep[head] = Math.min(spec.budgets()[head], cache.length(head));
            evicts |= keep[head] < cache.length(head);
        }
        if (!evicts) {
            return;
        }
        long heads = parameters.heads(cache);
        rank(cache, heads, spec);
        long keepAt;
        if (spec.sharing() == null) {
            keepAt = parameters.ints(keep);
        } else {
            share(cache, heads, spec);
            transfers.downloadInts(counts.pointer(), keep, 0, keep.length);
            keepAt = counts.address();
        }
        launch.of(select)
                .address(heads)
                .address(ranks.address())
                .value(maxEntries)
                .address(keepAt)
                .address(kept.address())
                .run(cache.kvHeads(), 1, SELECT_THREADS, 0);
        int most = Arrays.stream(keep).max().orElse(0);
        if (spec.merge()) {
            int fewest = Arrays.stream(keep).min().orElse(0);
            // Ranks and norms have done their work, and nothing moves yet.
            merging.merge(
                    cache,
                    new CudaMerging.Scratch(
                            heads,
                            kept.address(),
                            keepAt,
                            squares.address(),
                            moving.address(),
                            ranks.address(),
                            above.address()),
                    fewest,
                    most);
        }
        cache.divide(keep);
        long newHeads = parameters.heads(cache);
        move(cache.keys(), CudaCache.rowBytes(cache) / 2, heads, newHeads, keepAt, cache.kvHeads(), most);
        move(cache.values(), CudaCache.rowBytes(cache) / 2, heads, newHeads, keepAt, cache.kvHeads(), most);
        move(cache.scores(), 2, heads, newHeads, keepAt, cache.kvHeads(), most);
        move(cache.positions(), 2, heads, newHeads, keepAt, cache.kvHeads(), most);
        for (int head = 0; head < keep.length; head++) {
            cache.setLength(head, keep[head]);
        }
    }

    private void rank(KvSlice cache, long heads, EvictionSpec spec) {
        ValueNorm norm = spec.valueNorm();
        for (int head = 0; norm != null && head < cache.kvHeads(); head++) {
            CudaWeight gram = (CudaWeight) norm.grams().get(head);
            launch.of(valueNorms)
                    .address(heads)
                    .value(head)
                    .address(CudaBuffer.address(cache.values()))
                    .value(CudaCache.typeOf(cache))
                    .address(gram.bodies())
                    .value(gram.paddedColumns())
                    .value(cache.headDim())
                    .address(squares.address() + 4L * head * maxEntries)
                    .run((cache.length(head) + 7) / 8, 1, THREADS, 0);
        }
        memory.fill(forced.pointer(), 0, cache.kvHeads());
        launch.of(rankEntries)
                .address(heads)
                .address(CudaBuffer.address(cache.scores()))
                .address(CudaBuffer.address(cache.positions()))
                .value(spec.pinnedTokens())
                .value(spec.recent())
                .value(spec.pooling())
                .value(spec.agesFrom())
                .address(norm == null ? 0 : squares.address())
                .value(norm != null && norm.logarithm())
                .address(ranks.address())
                .value(maxEntries)
                .address(forced.address())
                .run((cache.longest() + THREADS - 1) / THREADS, cache.kvHeads(), THREADS, 0);
    }

    /** Divides the sum of the budgets among the heads, eight bits of the deciding rank at a time. */
    private void share(KvSlice cache, long heads, EvictionSpec spec) {
        Sharing sharing = spec.sharing();
        int total = Math.toIntExact(Arrays.stream(spec.budgets()).asLongStream().sum());
        long share = parameters.ints(0, total, sharing.least(), sharing.most());
        memory.fill(above.pointer(), 0, cache.kvHeads());
        for (int shift = 24; shift >= 0; shift -= 8) {
            launch.of(shareHistogram)
                    .address(heads)
                    .address(ranks.address())
                    .value(maxEntries)
                    .address(share)
                    .value(shift)
                    .address(histograms.address())
                    .run(cache.kvHeads(), 1, SELECT_THREADS, 0);
            launch.of(shareChoose)
                    .address(heads)
                    .value(cache.kvHeads())
                    .address(histograms.address())
                    .address(share)
                    .value(shift)
                    .address(forced.address())
                    .address(above.address())
                    .address(counts.address())
                    .run(1, 1, BINS, 0);
        }
    }

    /** @param units of 16 bits an entry */
    private void move(DeviceBuffer entries, int units, long from, long to, long keepAt, int kvHeads, int most) {
        int blocks = (most + ENTRIES_PER_BLOCK - 1) / ENTRIES_PER_BLOCK;
        launch.of(gather)
                .address(from)
                .address(kept.address())
                .value(maxEntries)
                .address(keepAt)
                .address(CudaBuffer.address(entries))
                .value(units)
                .address(moving.address())
                .run(blocks, kvHeads, THREADS, 0);
        launch.of(scatter)
                .address(to)
                .address(keepAt)
                .address(moving.address())
                .value(units)
                .address(CudaBuffer.address(entries))
                .run(blocks, kvHeads, THREADS, 0);
    }
}
