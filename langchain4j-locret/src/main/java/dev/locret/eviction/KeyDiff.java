package dev.locret.eviction;

import dev.locret.backend.Backend;
import dev.locret.backend.KvSlice;

/**
 * Keeps keys that differ most from the mean direction of their head (Park et al., <em>KeyDiff</em>, arXiv 2504.15364):
 * needs no attention weights and no training, and was made for prefill in blocks.
 */
public final class KeyDiff implements EvictionPolicy {
    @Override
    public String name() {
        return "keydiff";
    }

    @Override
    public void scoreEntries(Backend backend, int layer, KvSlice cache) {
        backend.scoreByKeyDifference(cache);
    }

    @Override
    public ValueNormUse valueNormUse() {
        return ValueNormUse.ADD_LOGARITHM;
    }
}
