package dev.locret.eviction;

import dev.locret.backend.Backend;
import dev.locret.backend.KvSlice;

/** Keeps the first tokens, which act as attention sinks, and the most recent (Xiao et al., arXiv 2309.17453). */
public final class StreamingLlm implements EvictionPolicy {
    /** Sinks of the paper. */
    private static final int SINKS = 4;

    @Override
    public String name() {
        return "streaming-llm";
    }

    @Override
    public void scoreEntries(Backend backend, int layer, KvSlice cache) {
        backend.scoreByRecency(cache, SINKS);
    }
}
