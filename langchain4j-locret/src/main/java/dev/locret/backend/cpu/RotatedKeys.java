package dev.locret.backend.cpu;

/**
 * Where the rotated keys of a layer lie in scratch: the panels of each KV head, with the same room for all.
 *
 * @param capacity entries of a head, whole panels
 */
record RotatedKeys(int headDim, int capacity) {
    static RotatedKeys of(int headDim, int maxEntries, int width) {
        return new RotatedKeys(headDim, CacheLayout.roundUp(maxEntries, width));
    }

    /** Floats of one head. */
    long floats() {
        return (long) capacity * headDim;
    }

    /** Index of the panel that begins with an entry. */
    int panel(int head, int entry) {
        return Math.toIntExact(head * floats() + (long) entry * headDim);
    }
}
