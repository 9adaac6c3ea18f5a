package dev.locret.engine;

/**
 * What a context is.
 *
 * @param name its name
 * @param policy name of the eviction policy that read it
 * @param cacheBudget entries that each KV head kept at most
 * @param tokens tokens read, all of its text
 * @param entriesKept entries that the fullest KV head kept
 * @param entriesEvicted entries dropped, over all layers and KV heads
 * @param bytes memory or disk that it takes
 */
public record ContextInfo(
        String name, String policy, int cacheBudget, int tokens, int entriesKept, long entriesEvicted, long bytes) {}
