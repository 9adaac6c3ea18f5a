package dev.locret.engine;

import java.time.Duration;
import java.util.function.LongSupplier;

/**
 * Says when answers under way are due another token although a chunk is being read. A decode step fits between two layers
 * only, so it comes a layer early; and not before reading has had as much time as the last step took, so that reading
 * gets half of the time however slow steps are.
 */
final class DecodePace {
    private final long gapNanos;
    private final LongSupplier nanoTime;
    private long stepEnd;
    private long stepTime;
    private long layerBegin;

    /**
     * @param gapMillis longest time between two tokens, 0 for as long as a chunk takes
     */
    DecodePace(int gapMillis, LongSupplier nanoTime) {
        this.gapNanos = Duration.ofMillis(gapMillis).toNanos();
        this.nanoTime = nanoTime;
    }

    /** Runs a decode step of all answers. */
    void step(Runnable step) {
        long begin = nanoTime.getAsLong();
        step.run();
        stepEnd = nanoTime.getAsLong();
        stepTime = stepEnd - begin;
        layerBegin = stepEnd;
    }

    /** Before the first layer of a chunk. */
    void chunkBegins() {
        layerBegin = nanoTime.getAsLong();
    }

    /** Before each layer of a chunk: whether a step is due. */
    boolean isDue() {
        long now = nanoTime.getAsLong();
        long layer = now - layerBegin;
        layerBegin = now;
        long since = now - stepEnd;
        return gapNanos > 0 && since >= stepTime && since + layer + stepTime > gapNanos;
    }
}
