package dev.locret.model;

import dev.locret.cache.KvCache;
import dev.locret.eviction.EvictionPolicy;

/**
 * A session's part of a forward.
 *
 * @param cache cache that the tokens attend to and are appended to
 * @param tokenIds new tokens, at least one
 * @param policy scores the new tokens
 * @param scorePooling width of the maximum over neighbouring tokens' scores
 * @param logits whether the logits after the last token are wanted
 */
public record Segment(KvCache cache, int[] tokenIds, EvictionPolicy policy, int scorePooling, boolean logits) {}
