package dev.locret.engine;

import java.time.Duration;

/**
 * What an engine is doing and has done.
 *
 * @param queue requests that wait and run now
 * @param totals sums since the engine was loaded
 * @param snapshots memory that prefixes and contexts share
 */
public record EngineStatus(Queue queue, Totals totals, Snapshots snapshots) {
    /**
     * @param waiting requests that wait for a cache
     * @param capacity requests that may wait
     * @param running requests that have a cache
     * @param sessions caches
     * @param longestWait time that the request has waited that came first
     */
    public record Queue(int waiting, int capacity, int running, int sessions, Duration longestWait) {}

    /**
     * @param queued requests that entered the queue
     * @param rejected requests that found it full
     * @param started requests that got a cache
     * @param finished requests that came to their end
     * @param failed requests that ended without a result: cancelled, out of time, or failed
     * @param waited time in the queue of all that started
     * @param textTokens tokens of prompts and contexts of all that started
     * @param cachedTokens those of them that had been read before
     * @param reuses requests that started with any
     * @param outputTokens tokens of all finished answers
     */
    public record Totals(
            long queued,
            long rejected,
            long started,
            long finished,
            long failed,
            Duration waited,
            long textTokens,
            long cachedTokens,
            long reuses,
            long outputTokens) {}

    /**
     * @param count copies of caches in memory
     * @param bytes their size
     * @param capacityBytes most that they may take
     */
    public record Snapshots(int count, long bytes, long capacityBytes) {}
}
