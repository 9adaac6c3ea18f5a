package dev.locret.engine;

import dev.locret.cache.CacheSnapshot;

/** Wants what is in the cache when a prompt was read, instead of an answer. */
@FunctionalInterface
interface SnapshotTaker {
    /**
     * Called on the worker's thread.
     *
     * @param policy name of the policy that read the prompt
     */
    void take(CacheSnapshot snapshot, String policy);
}
