package dev.locret.backend;

/**
 * The rows of a forward that belong to one session, with that session's cache of the layer at hand.
 *
 * @param cache cache of one layer
 * @param firstRow first row of the batch
 * @param rows new tokens
 * @param firstPosition position in the text of the first new token
 */
public record KvSegment(KvSlice cache, int firstRow, int rows, int firstPosition) {}
