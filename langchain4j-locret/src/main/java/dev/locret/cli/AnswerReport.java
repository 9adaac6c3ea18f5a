package dev.locret.cli;

import com.fasterxml.jackson.annotation.JsonPropertyOrder;
import dev.locret.engine.GenerationResult;
import java.time.Duration;
import java.util.Locale;

/**
 * An answer and what it cost, as {@code --json} prints it.
 *
 * @param policy eviction policy that was used
 * @param peakRssBytes largest resident set of the process so far, or null where the system does not say
 */
@JsonPropertyOrder({"answer", "usage", "timings", "cache", "policy", "peakRssBytes"})
record AnswerReport(String answer, Usage usage, Timings timings, Cache cache, String policy, Long peakRssBytes) {
    /** Tokens, all of the prompt's counted whether kept or not; the cached ones were not read again. */
    record Usage(int inputTokens, int cachedInputTokens, int outputTokens, int totalTokens) {}

    /** Milliseconds, and tokens a second. */
    record Timings(
            long loadMillis,
            long prefillMillis,
            long decodeMillis,
            double prefillTokensPerSecond,
            double decodeTokensPerSecond) {}

    /**
     * @param entriesPerHead entries of the fullest KV head when the prompt was read
     * @param bytes size of the cache
     * @param evicted entries dropped over all layers and heads
     * @param questionAware whether documents were read with the question in front of them
     */
    record Cache(int entriesPerHead, long bytes, long evicted, boolean questionAware) {}

    static AnswerReport of(GenerationResult result, Duration load) {
        return new AnswerReport(
                result.text(),
                new Usage(
                        result.promptTokens(),
                        result.cachedTokens(),
                        result.outputTokens(),
                        Math.addExact(result.promptTokens(), result.outputTokens())),
                new Timings(
                        load.toMillis(),
                        result.prefill().toMillis(),
                        result.decode().toMillis(),
                        perSecond(result.readTokens(), result.prefill()),
                        // The first token comes with the last of the prompt.
                        perSecond(result.outputTokens() - 1, result.decode())),
                new Cache(result.entriesKept(), result.cacheBytes(), result.entriesEvicted(), result.questionAware()),
                result.policy(),
                PeakMemory.bytes());
    }

    /** Tokens a second, 0 if there were none. */
    static double perSecond(int tokens, Duration time) {
        return tokens <= 0 || time.isZero() ? 0 : Math.round(tokens * 1e10 / time.toNanos()) / 10.0;
    }

    /** One line for a reader. */
    String summary() {
        return String.format(
                Locale.ROOT,
                "%d tokens read at %.0f/s%s, %d entries per head kept (%s), %d evicted; %d tokens decoded at %.1f/s",
                usage.inputTokens,
                timings.prefillTokensPerSecond,
                cache.questionAware ? " for the question" : "",
                cache.entriesPerHead,
                policy,
                cache.evicted,
                usage.outputTokens,
                timings.decodeTokensPerSecond);
    }
}
