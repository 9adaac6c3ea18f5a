package dev.locret.engine;

import dev.locret.generate.SamplingParameters;
import dev.locret.generate.grammar.Language;
import java.time.Duration;
import java.util.List;
import java.util.Set;

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
 * @param cacheBudget entries kept per KV head, at most the planned ones; 0 for those, or for the context's. The answer is
 *     that of an engine loaded with this budget
 * @param questionEnd first tokens of the prompt that stay in the cache whatever their score: up to the end of the question
 *     in front of the document that is read for it; 0 for none
 * @param context name of a context that the prompt goes on after, see {@link Contexts}, or null
 * @param contextHead token ids that the context must begin with, empty for any
 * @param priority a waiting request starts before those of lower priority and after those of the same that came first
 * @param messageBorders tokens of the prompt at which messages begin, as far as known: a later prompt that differs from
 *     this one from such a token on need not be read again up to there; no effect on the answer
 * @param shownTokens control tokens that the answer's text shows by their names; it leaves out all others
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
        int cacheBudget,
        int questionEnd,
        String context,
        int[] contextHead,
        int priority,
        int[] messageBorders,
        Set<Integer> shownTokens,
        Language grammar) {
    private static final int[] NONE = {};

    /** A request that the model's end tokens end. */
    public GenerationRequest(
            int[] promptTokens,
            int localTokens,
            SamplingParameters sampling,
            int maxOutputTokens,
            List<String> stops,
            String policy,
            Duration timeout) {
        this(promptTokens, localTokens, sampling, maxOutputTokens, stops, policy, timeout, false);
    }

    /** A request without context and grammar, of priority 0. */
    public GenerationRequest(
            int[] promptTokens,
            int localTokens,
            SamplingParameters sampling,
            int maxOutputTokens,
            List<String> stops,
            String policy,
            Duration timeout,
            boolean ignoreEnd) {
        this(
                promptTokens,
                localTokens,
                sampling,
                maxOutputTokens,
                stops,
                policy,
                timeout,
                ignoreEnd,
                0,
                0,
                null,
                NONE,
                0,
                NONE,
                Set.of(),
                null);
    }

    /** The same request with another budget. */
    public GenerationRequest withCacheBudget(int entries) {
        return with(entries, questionEnd, context, contextHead, priority, messageBorders, shownTokens, grammar);
    }

    /** The same request, whose first tokens up to this one are what comes before its document, the question last. */
    public GenerationRequest withQuestionEnd(int token) {
        return with(cacheBudget, token, context, contextHead, priority, messageBorders, shownTokens, grammar);
    }

    /**
     * The same request, asked of a context.
     *
     * @param head token ids that the context must begin with, empty for any
     */
    public GenerationRequest withContext(String name, int... head) {
        return with(cacheBudget, questionEnd, name, head.clone(), priority, messageBorders, shownTokens, grammar);
    }

    /** The same request with another priority. */
    public GenerationRequest withPriority(int value) {
        return with(cacheBudget, questionEnd, context, contextHead, value, messageBorders, shownTokens, grammar);
    }

    /** The same request with the tokens at which its messages begin. */
    public GenerationRequest withMessageBorders(int... tokens) {
        return with(cacheBudget, questionEnd, context, contextHead, priority, tokens.clone(), shownTokens, grammar);
    }

    /** The same request with control tokens that its answer shows. */
    public GenerationRequest withShownTokens(Set<Integer> tokens) {
        return with(
                cacheBudget, questionEnd, context, contextHead, priority, messageBorders, Set.copyOf(tokens), grammar);
    }

    /** The same request with a language that its answer is held to, or null for none. */
    public GenerationRequest withGrammar(Language language) {
        return with(cacheBudget, questionEnd, context, contextHead, priority, messageBorders, shownTokens, language);
    }

    /** The same prompt, read the same way, with exactly so many tokens to come. */
    GenerationRequest answeredBy(int tokens) {
        return new GenerationRequest(
                        promptTokens, localTokens, SamplingParameters.GREEDY, tokens, List.of(), policy, timeout, true)
                .withCacheBudget(cacheBudget)
                .withQuestionEnd(questionEnd)
                .withContext(context)
                .withPriority(priority);
    }

    private GenerationRequest with(
            int newBudget,
            int newQuestionEnd,
            String newContext,
            int[] newContextHead,
            int newPriority,
            int[] newBorders,
            Set<Integer> newShown,
            Language newGrammar) {
        return new GenerationRequest(
                promptTokens,
                localTokens,
                sampling,
                maxOutputTokens,
                stops,
                policy,
                timeout,
                ignoreEnd,
                newBudget,
                newQuestionEnd,
                newContext,
                newContextHead,
                newPriority,
                newBorders,
                newShown,
                newGrammar);
    }
}
