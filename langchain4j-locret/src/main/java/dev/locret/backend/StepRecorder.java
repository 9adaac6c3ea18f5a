package dev.locret.backend;

/**
 * Of a device that records the operations of a decode step once and replays them in the next ones: all that differs is
 * the tokens, their positions, and where caches lie and how much they hold.
 */
public interface StepRecorder {
    /**
     * Scratch that steps need, planned at load.
     *
     * @param maxSegments most sessions of a step
     * @param maxEntries entries of the fullest cache
     */
    void reserve(AttentionSpec spec, int layers, int maxSegments, int maxEntries);

    /** Bytes that {@link #reserve} occupies, and recorded steps at most. */
    long bytes(AttentionSpec spec, int layers, int maxSegments, int maxEntries);

    /**
     * Does what {@code operations} does: calls it, or replays what it did when it was last called with an equal key. Then
     * only caches tell: their lengths have grown.
     *
     * @param operations calls the backend and changes nothing else; embeds all tokens of the step at once
     */
    void run(DecodeStep step, Runnable operations);
}
