package dev.locret.engine;

import dev.locret.cache.CacheSnapshot;

/** A context and the cache that reading it left. */
record ReadContext(ContextText text, CacheSnapshot snapshot) {
    static ReadContext of(String name, int[] tokens, String policy, int cacheBudget, CacheSnapshot snapshot) {
        return new ReadContext(ContextText.of(name, tokens, policy, cacheBudget), snapshot);
    }

    String name() {
        return text.name();
    }

    int[] tokens() {
        return text.tokens();
    }

    String policy() {
        return text.policy();
    }

    /** Bytes of entries and tokens. */
    long bytes() {
        return snapshot.bytes() + 4L * tokens().length;
    }

    ContextInfo info() {
        long heads = (long) snapshot.layers().size() * snapshot.layers().get(0).lengths().length;
        return new ContextInfo(
                name(),
                policy(),
                text.cacheBudget(),
                tokens().length,
                snapshot.entriesPerHead(),
                tokens().length * heads - snapshot.entries(),
                bytes());
    }
}
