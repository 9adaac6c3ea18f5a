package dev.locret.eviction;

import java.util.Set;

/**
 * Keeps entries with the most attention from the last tokens of a chunk, the observation window, and their neighbours (Li
 * et al., <em>SnapKV</em>, arXiv 2404.14469). Fewer tokens than the window add to what was observed before.
 */
public final class SnapKv implements EvictionPolicy {
    private static final int WINDOW = 32;
    /** The paper's clustering: scores are pooled over so many neighbours. */
    private static final int POOLING = 7;

    @Override
    public String name() {
        return "snapkv";
    }

    @Override
    public Set<Signal> signals() {
        return Set.of(Signal.ATTENTION);
    }

    @Override
    public void scoreByAttention(ObservedAttention attention) {
        attention.score(Math.min(WINDOW, attention.tokens()), attention.tokens() < WINDOW);
    }

    @Override
    public int poolingAtEviction(int pooling) {
        return pooling == 1 ? POOLING : pooling;
    }

    @Override
    public ValueNormUse valueNormUse() {
        return ValueNormUse.MULTIPLY;
    }
}
