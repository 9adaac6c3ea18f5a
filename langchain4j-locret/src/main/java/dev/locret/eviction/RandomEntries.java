package dev.locret.eviction;

import dev.locret.backend.Backend;
import dev.locret.backend.KvSlice;

/** Keeps entries drawn at random, for each head others, the same in every run: what any other policy has to beat. */
public final class RandomEntries implements EvictionPolicy {
    private static final long SEED = 0x5DEECE66DL;

    @Override
    public String name() {
        return "random";
    }

    @Override
    public void scoreEntries(Backend backend, int layer, KvSlice cache) {
        backend.scoreAtRandom(cache, SEED + layer);
    }
}
