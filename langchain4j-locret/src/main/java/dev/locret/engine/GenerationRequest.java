package dev.locret.engine;

import dev.locret.generate.SamplingParameters;
import dev.locret.generate.grammar.Grammar;
import java.time.Duration;
import java.util.List;

/**
 * A prompt and how to answer it.
 *
 * @param promptTokens token ids of the whole prompt, at least one
 * @param localTokens last tokens of the prompt that are read after the final eviction, such as the question; 0 takes the
 *     planned number, which is also the largest
 * @param sampling how tokens are chosen
 * @param maxOutputTokens most tokens of the answer; 0 for no limit of the request's own
 * @param stops texts that end the answer and are not part of it
 * @param policy eviction policy, or null for the engine's
 * @param timeout time from submission to the end of the answer, or null for none
 * @param ignoreEnd whether the model's end tokens are taken for text: to measure a fixed number of tokens
 * @param grammar language that the answer is held to, or null for none; the model needs a tokenizer.
 *     The answer ends where the language does; what ends it earlier, a stop text or the limit on tokens, leaves the
 *     beginning of a sentence
 */
public record GenerationRequest(
        int[] promptTokens,
        int localTokens,
        SamplingParameters sampling,
        int maxOutputTokens,
        List<String> stops,
        String policy,
        Duration timeout,
        boolean ignoreEnd,
        Grammar grammar) {
    /** A request that the model's end tokens end. */
    public GenerationRequest(
            int[] promptTokens,
            int localTokens,
            SamplingParameters sampling,
            int maxOutputTokens,
            List<String> stops,
            String policy,
            Duration timeout) {
        this(promptTokens, localTokens, sampling, maxOutputTokens, stops, policy, timeout, false, null);
    }
}
