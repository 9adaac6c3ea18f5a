package dev.locret.eviction;

/** Keeps everything; the text must fit the model's window and the plan. */
public final class FullAttention implements EvictionPolicy {
    @Override
    public String name() {
        return "none";
    }

    @Override
    public boolean evicts() {
        return false;
    }
}
