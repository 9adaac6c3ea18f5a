package dev.locret.engine;

/** A submitted request. */
public interface Generation {
    /**
     * Waits for the answer.
     *
     * @throws dev.locret.common.LocretException with {@code timeout}, {@code cancelled}, {@code closed}, or what failed
     */
    GenerationResult await();

    /** Ends the generation soon: queued, it never starts; running, it stops at the next layer. No effect when done. */
    void cancel();

    /** Whether it ended, whatever the way. */
    boolean isDone();

    /** Runs {@code action} when it has ended, on the thread that ends it, or at once; it must return soon. */
    void whenDone(Runnable action);
}
