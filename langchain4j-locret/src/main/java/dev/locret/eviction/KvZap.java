package dev.locret.eviction;

import dev.locret.backend.Backend;
import dev.locret.backend.KvSegment;
import dev.locret.backend.Matrix;
import java.util.Set;

/**
 * Keeps the entries that a surrogate model finds most important (<em>KVzap</em>, arXiv 2601.07891), within the budget
 * where the authors drop what lies below a threshold. The norm of the value is part of what it was trained to say.
 */
public final class KvZap implements EvictionPolicy {
    private final HeadNetwork heads;

    /**
     * @param maxRows most new tokens of a segment
     */
    public KvZap(Backend backend, ImportanceHeads heads, int maxRows) {
        this.heads = new HeadNetwork(backend, heads, Backend::gelu, maxRows);
    }

    @Override
    public String name() {
        return HeadKind.KVZAP.policy();
    }

    @Override
    public Set<Signal> signals() {
        return Set.of(Signal.ATTENTION_INPUT);
    }

    @Override
    public void scoreByInput(Backend backend, int layer, Matrix input, KvSegment segment, int pooling) {
        heads.score(backend, layer, input, segment, pooling);
    }
}
