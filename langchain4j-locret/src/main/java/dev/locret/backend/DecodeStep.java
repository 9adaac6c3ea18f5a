package dev.locret.backend;

import java.util.List;

/**
 * A decode step: one new token for each of a few sessions.
 *
 * @param key what the operations depend on beside the fields below: with an equal key they are the same
 * @param tokenIds the new tokens
 * @param layers the batch's segments in each layer, before their tokens are appended
 */
public record DecodeStep(Object key, int[] tokenIds, List<List<KvSegment>> layers) {}
