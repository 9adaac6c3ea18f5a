package dev.locret.eviction;

import java.util.Set;

/** Keeps entries with the most attention from all tokens so far (Zhang et al., <em>H2O</em>, arXiv 2306.14048). */
public final class HeavyHitters implements EvictionPolicy {
    @Override
    public String name() {
        return "h2o";
    }

    @Override
    public Set<Signal> signals() {
        return Set.of(Signal.ATTENTION);
    }

    @Override
    public void scoreByAttention(ObservedAttention attention) {
        attention.score(attention.tokens(), true);
    }

    @Override
    public int poolingAtEviction(int pooling) {
        return pooling;
    }

    @Override
    public ValueNormUse valueNormUse() {
        return ValueNormUse.MULTIPLY;
    }
}
