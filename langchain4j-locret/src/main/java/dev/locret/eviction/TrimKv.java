package dev.locret.eviction;

import dev.locret.backend.Backend;
import dev.locret.backend.KvSegment;
import dev.locret.backend.Matrix;
import java.util.Set;

/**
 * Keeps the entries that have faded least (Bui et al., <em>TrimKV</em>, arXiv 2512.03324): a gate gives each token a decay
 * β per KV head when it is computed, and its entry's score at an eviction is β to the power of its age.
 */
public final class TrimKv implements EvictionPolicy {
    private final HeadNetwork gates;

    /**
     * @param maxRows most new tokens of a segment
     */
    public TrimKv(Backend backend, RetentionGates gates, int maxRows) {
        this.gates = new HeadNetwork(backend, gates, Backend::silu, maxRows);
    }

    @Override
    public String name() {
        return HeadKind.TRIMKV.policy();
    }

    @Override
    public Set<Signal> signals() {
        return Set.of(Signal.ATTENTION_INPUT);
    }

    @Override
    public void scoreByInput(Backend backend, int layer, Matrix input, KvSegment segment, int pooling) {
        gates.score(backend, layer, input, segment, pooling);
    }

    @Override
    public boolean decays() {
        return true;
    }

    @Override
    public ValueNormUse valueNormUse() {
        return ValueNormUse.ADD_LOGARITHM;
    }
}
