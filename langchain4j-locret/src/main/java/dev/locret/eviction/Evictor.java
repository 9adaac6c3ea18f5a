package dev.locret.eviction;

import dev.locret.backend.Backend;
import dev.locret.backend.EvictionSpec;
import dev.locret.backend.KvSlice;
import dev.locret.cache.CachePlan;
import dev.locret.cache.KvCache;
import java.util.Arrays;

/** Brings a cache back to its budget; the only place that decides what is forced and how much a head may keep. */
public final class Evictor {
    private final Backend backend;
    private final CachePlan plan;

    public Evictor(Backend backend, CachePlan plan) {
        this.backend = backend;
        this.plan = plan;
    }

    /** After a chunk of a prompt: the last stabilizers stay, except after the final chunk (paper, section 3.3). */
    public void afterChunk(KvCache cache, EvictionPolicy policy, boolean finalChunk) {
        evict(cache, policy, plan.recentAfterChunk(finalChunk));
    }

    /** Outside of a prompt's chunks, before more tokens come: the last entries stay. */
    public void afterDecoding(KvCache cache, EvictionPolicy policy) {
        evict(cache, policy, plan.recentAfterDecoding());
    }

    private void evict(KvCache cache, EvictionPolicy policy, int recent) {
        if (!policy.evicts() || cache.longest() <= plan.budget()) {
            return;
        }
        for (int layer = 0; layer < cache.layers(); layer++) {
            KvSlice slice = cache.layer(layer);
            policy.scoreEntries(backend, slice);
            int[] budgets = new int[slice.kvHeads()];
            Arrays.fill(budgets, plan.budget());
            backend.evict(slice, new EvictionSpec(budgets, plan.pinnedTokens(), recent));
        }
    }
}
