package dev.locret.engine;

import java.time.Duration;

/**
 * Told what happens to requests, readings of contexts among them: for meters and logs. Calls come from the threads that
 * submit and from the worker's, so they must return soon; what they throw is logged and changes nothing.
 */
public interface EngineEvents {
    /**
     * A request entered the queue.
     *
     * @param waiting requests that wait now
     */
    default void onQueued(int waiting) {}

    /** A request found the queue full. */
    default void onRejected() {}

    /**
     * A request got a cache.
     *
     * @param waited time in the queue
     * @param cachedTokens tokens of its text that need not be read again
     */
    default void onStarted(Duration waited, int cachedTokens) {}

    /** A request came to its end. */
    default void onFinished(GenerationResult result) {}

    /**
     * A request ended without a result.
     *
     * @param failure why: a {@link dev.locret.common.LocretException}, or what a listener threw
     * @param passed time since it was submitted
     */
    default void onFailed(Throwable failure, Duration passed) {}
}
