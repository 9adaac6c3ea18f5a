package dev.locret.eviction;

import dev.locret.backend.Backend;
import dev.locret.backend.EvictionSpec;
import dev.locret.backend.KvSlice;
import dev.locret.cache.BudgetAllocation;
import dev.locret.cache.CachePlan;
import dev.locret.cache.KvCache;
import java.util.Arrays;
import java.util.function.IntUnaryOperator;

/** Brings a cache back to its budget; the only place that decides what is forced and how much a head may keep. */
public final class Evictor {
    private final Backend backend;
    private final CachePlan plan;
    private final ValueGrams valueGrams;

    public Evictor(Backend backend, CachePlan plan) {
        this(backend, plan, null);
    }

    /**
     * @param valueGrams what norms of values are taken with, or null if the plan wants none
     */
    public Evictor(Backend backend, CachePlan plan, ValueGrams valueGrams) {
        this.backend = backend;
        this.plan = plan;
        this.valueGrams = valueGrams;
    }

    /** After a chunk of a prompt: the last stabilizers stay, except after the final chunk (paper, section 3.3). */
    public void afterChunk(KvCache cache, EvictionPolicy policy, boolean finalChunk) {
        evict(cache, policy, budget -> plan.recentAfterChunk(finalChunk, budget));
    }

    /** Outside of a prompt's chunks, before more tokens come: the last entries stay. */
    public void afterDecoding(KvCache cache, EvictionPolicy policy) {
        evict(cache, policy, plan::recentAfterDecoding);
    }

    /**
     * @param recent from a layer's budget to the last entries that stay
     */
    private void evict(KvCache cache, EvictionPolicy policy, IntUnaryOperator recent) {
        for (int layer = 0; policy.evicts() && layer < cache.layers(); layer++) {
            KvSlice slice = cache.layer(layer);
            int budget = plan.layerBudget(layer, cache.layers());
            if (exceeds(slice, budget)) {
                policy.scoreEntries(backend, layer, slice);
                backend.evict(slice, spec(policy, layer, slice, budget, recent.applyAsInt(budget), cache.tokens()));
            }
        }
    }

    private boolean pools() {
        return plan.retention().allocation() == BudgetAllocation.POOLED;
    }

    private boolean exceeds(KvSlice slice, int budget) {
        return pools() ? slice.entries() > (long) budget * slice.kvHeads() : slice.longest() > budget;
    }

    private EvictionSpec spec(EvictionPolicy policy, int layer, KvSlice slice, int budget, int recent, int tokens) {
        int[] budgets = new int[slice.kvHeads()];
        Arrays.fill(budgets, budget);
        EvictionSpec.Sharing sharing = pools()
                ? new EvictionSpec.Sharing(plan.retention().least(budget), plan.longest() - plan.beside())
                : null;
        int pooling = policy.poolingAtEviction(plan.scorePooling());
        // As TrimKV's authors count: the last token is two steps old.
        int agesFrom = policy.decays() ? tokens + 1 : 0;
        return new EvictionSpec(
                budgets,
                plan.pinnedTokens(),
                recent,
                sharing,
                pooling,
                valueNorm(policy, layer),
                agesFrom,
                plan.retention().mergeEvicted());
    }

    private EvictionSpec.ValueNorm valueNorm(EvictionPolicy policy, int layer) {
        boolean wanted = plan.retention().valueNorm() && policy.valueNormUse() != ValueNormUse.NONE;
        return wanted
                ? new EvictionSpec.ValueNorm(
                        valueGrams.layers().get(layer), policy.valueNormUse() == ValueNormUse.ADD_LOGARITHM)
                : null;
    }
}
