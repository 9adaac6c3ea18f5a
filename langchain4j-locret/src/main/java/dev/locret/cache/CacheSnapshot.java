package dev.locret.cache;

import dev.locret.backend.Backend;
import dev.locret.backend.KvEntries;
import dev.locret.backend.KvSlice;
import dev.locret.common.Checks;
import java.util.List;

/**
 * All that a cache held at one moment, on the host. It does not change, so any number of caches may be filled from it,
 * one after the other or by turns, and go their own ways.
 *
 * @param tokens tokens read by then
 * @param layers one a layer
 */
public record CacheSnapshot(int tokens, List<KvEntries> layers) {
    public CacheSnapshot {
        layers = List.copyOf(layers);
    }

    /** Copies what {@code cache} holds. */
    public static CacheSnapshot take(Backend backend, KvCache cache) {
        KvEntries[] layers = new KvEntries[cache.layers()];
        for (int layer = 0; layer < layers.length; layer++) {
            layers[layer] = backend.copyEntries(cache.layer(layer));
        }
        return new CacheSnapshot(cache.tokens(), List.of(layers));
    }

    /** Bytes of a snapshot whose KV heads hold {@code entries} entries each. */
    public static long bytes(KvCache cache, int entries) {
        KvSlice slice = cache.layer(0);
        return Math.multiplyExact(
                (long) cache.layers(),
                KvEntries.bytes((long) entries * slice.kvHeads(), slice.headDim(), slice.type()));
    }

    /** Bytes of a snapshot of what {@code cache} holds. */
    public static long bytes(KvCache cache) {
        KvSlice slice = cache.layer(0);
        return KvEntries.bytes(cache.entries(), slice.headDim(), slice.type());
    }

    /** Makes {@code cache} hold what was copied, and nothing else. */
    public void restore(Backend backend, KvCache cache) {
        Checks.argument(
                cache.layers() == layers.size(),
                () -> "cache: snapshot of another model: layers=" + layers.size() + ", expected=" + cache.layers());
        cache.clear();
        for (int layer = 0; layer < layers.size(); layer++) {
            backend.setEntries(cache.layer(layer), layers.get(layer));
        }
        cache.advance(tokens);
    }

    /** Bytes of all entries. */
    public long bytes() {
        long bytes = 0;
        for (KvEntries layer : layers) {
            bytes += layer.bytes();
        }
        return bytes;
    }

    /** Entries over all layers and heads. */
    public long entries() {
        long entries = 0;
        for (KvEntries layer : layers) {
            entries += layer.entries();
        }
        return entries;
    }

    /** Entries of a KV head on average, rounded up. */
    public int entriesPerHead() {
        long heads = (long) layers.size() * layers.get(0).lengths().length;
        return Math.toIntExact((entries() + heads - 1) / heads);
    }
}
