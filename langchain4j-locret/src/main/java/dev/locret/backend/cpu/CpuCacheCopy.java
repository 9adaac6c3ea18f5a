package dev.locret.backend.cpu;

import dev.locret.backend.KvEntries;
import dev.locret.backend.KvSlice;
import dev.locret.common.Checks;
import java.util.Arrays;

/** Carries the entries of a layer between its cache, laid out as {@link CacheLayout} says, and plain arrays. */
final class CpuCacheCopy {
    private CpuCacheCopy() {}

    static KvEntries take(KvSlice cache, int width, WorkerPool pool) {
        int[] lengths = new int[cache.kvHeads()];
        for (int head = 0; head < lengths.length; head++) {
            lengths[head] = cache.length(head);
        }
        KvEntries entries = KvEntries.allocate(lengths, cache.headDim(), cache.type());
        CacheRows rows = CacheRows.of(cache, width);
        pool.run(lengths.length, (head, thread) -> takeHead(cache, rows, entries, head));
        return entries;
    }

    private static void takeHead(KvSlice cache, CacheRows rows, KvEntries out, int head) {
        int first = out.first(head);
        int length = cache.length(head);
        for (int entry = 0; entry < length; entry++) {
            rows.take(head, entry, out.keys(), out.values(), first + entry);
        }
        int base = cache.first(head);
        System.arraycopy(CpuBuffer.floats(cache.scores()), base, out.scores(), first, length);
        System.arraycopy(CpuBuffer.ints(cache.positions()), base, out.positions(), first, length);
    }

    static void put(KvEntries entries, KvSlice cache, int width, WorkerPool pool) {
        Checks.argument(
                entries.lengths().length == cache.kvHeads() && entries.headDim() == cache.headDim(),
                () -> "cache: entries of another shape: kv-heads=" + entries.lengths().length + ", head-dim="
                        + entries.headDim() + ", expected=" + cache.kvHeads() + " and " + cache.headDim());
        Checks.argument(
                entries.type() == cache.type(),
                () -> "cache: entries of another type: kv-cache-type=" + entries.type() + ", expected=" + cache.type());
        Checks.argument(
                cache.takes(entries.lengths()),
                () -> "cache: entries do not fit: entries=" + Arrays.toString(entries.lengths()) + ", capacity="
                        + cache.capacity() + " of each KV head");
        cache.divide(entries.lengths());
        CacheRows rows = CacheRows.of(cache, width);
        pool.run(cache.kvHeads(), (head, thread) -> putHead(entries, cache, rows, head));
        for (int head = 0; head < cache.kvHeads(); head++) {
            cache.setLength(head, entries.lengths()[head]);
        }
    }

    private static void putHead(KvEntries in, KvSlice cache, CacheRows rows, int head) {
        int first = in.first(head);
        int length = in.lengths()[head];
        for (int entry = 0; entry < length; entry++) {
            rows.set(in.keys(), in.values(), first + entry, head, entry);
        }
        int base = cache.first(head);
        System.arraycopy(in.scores(), first, CpuBuffer.floats(cache.scores()), base, length);
        System.arraycopy(in.positions(), first, CpuBuffer.ints(cache.positions()), base, length);
    }
}
