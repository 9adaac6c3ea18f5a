package dev.locret.eviction;

import java.util.Set;

/** Keeps entries with the most attention from the last token (Oren et al., <em>TOVA</em>, arXiv 2401.06104). */
public final class Tova implements EvictionPolicy {
    @Override
    public String name() {
        return "tova";
    }

    @Override
    public Set<Signal> signals() {
        return Set.of(Signal.ATTENTION);
    }

    @Override
    public void scoreByAttention(ObservedAttention attention) {
        attention.score(1, false);
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
