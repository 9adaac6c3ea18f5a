package dev.locret.engine;

/** A context that is being read. */
public interface ContextReading {
    /**
     * Waits until it is read and, if there is a directory for contexts, saved.
     *
     * @throws dev.locret.common.LocretException with {@code timeout}, {@code cancelled}, {@code closed},
     *     {@code contexts-full}, {@code context-not-saved}, or what failed
     */
    ContextInfo await();

    /** Ends it soon; a context of that name that was there before stays. No effect when done. */
    void cancel();

    /** Whether it ended, whatever the way. */
    boolean isDone();
}
