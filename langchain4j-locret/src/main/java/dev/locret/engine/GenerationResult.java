package dev.locret.engine;

import java.time.Duration;

/**
 * An answer and what it cost.
 *
 * @param text the answer, without stop texts and end tokens
 * @param tokens token ids of the answer, without the end token
 * @param finish why it ended
 * @param promptTokens tokens of the prompt, those of its context among them
 * @param outputTokens tokens decoded, without the end token
 * @param policy name of the eviction policy that was used last: {@code auto} is told as what it came to
 * @param entriesKept entries that the fullest KV head held when the prompt was read
 * @param entriesEvicted entries dropped so far, over all layers and KV heads
 * @param copiedEvicted those of them that were dropped before what was read earlier was copied for this answer
 * @param cacheBytes bytes of the session's cache
 * @param queued time in the queue
 * @param prefill time to read the prompt
 * @param decode time from there to the last token
 * @param seed seed of the draws: the request's, or the one drawn for it
 * @param cachedTokens tokens of the prompt that had been read before and were not read again
 * @param questionAware whether the question stood in front of the document and was kept while that was read
 */
public record GenerationResult(
        String text,
        int[] tokens,
        Finish finish,
        int promptTokens,
        int outputTokens,
        String policy,
        int entriesKept,
        long entriesEvicted,
        long copiedEvicted,
        long cacheBytes,
        Duration queued,
        Duration prefill,
        Duration decode,
        long seed,
        int cachedTokens,
        boolean questionAware) {
    /** Tokens of the prompt that were read for this answer. */
    public int readTokens() {
        return promptTokens - cachedTokens;
    }

    /** Why an answer ended. */
    public enum Finish {
        /** The model ended it, or a stop text came. */
        STOP,
        /** It reached the most tokens that were asked for, or that fit the cache. */
        LENGTH
    }
}
