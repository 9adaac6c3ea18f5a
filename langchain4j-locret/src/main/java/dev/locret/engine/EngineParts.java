package dev.locret.engine;

import dev.locret.backend.AttentionSpec.PositionMode;
import dev.locret.backend.Backend;
import dev.locret.cache.CachePlan;
import dev.locret.cache.KvCache;
import dev.locret.common.Checks;
import dev.locret.common.ErrorId;
import dev.locret.format.ModelConfig;
import dev.locret.generate.grammar.TokenVocabulary;
import dev.locret.model.Decoder;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.function.LongSupplier;

/**
 * A loaded model and all that was allocated for it.
 *
 * @param modelName name of the model, for metadata
 * @param caches one for each session
 * @param endTokens tokens that end an answer
 * @param cacheBytes bytes of one cache
 * @param snapshots memory for copies of caches
 * @param prefixes what prompts have in common
 * @param contextFiles where contexts are saved, or null
 * @param monitor counts what happens to requests
 * @param nanoTime clock of the engine
 */
record EngineParts(
        String modelName,
        Backend backend,
        Decoder decoder,
        EngineSettings settings,
        MemoryPlan memory,
        Policies policies,
        ModelText text,
        List<KvCache> caches,
        Set<Integer> endTokens,
        long cacheBytes,
        SnapshotMemory snapshots,
        PrefixStore prefixes,
        ContextFiles contextFiles,
        EngineMonitor monitor,
        LongSupplier nanoTime) {

    /**
     * Fails unless a request can be run here.
     *
     * @param context what the prompt goes on after, or null
     */
    void check(GenerationRequest request, ContextText context) {
        int[] prompt = Checks.notNull("prompt-tokens", request.promptTokens());
        Checks.check(prompt.length > 0, ErrorId.INVALID_PROMPT, () -> "prompt is empty: tokens=0");
        checkTokens(prompt);
        Checks.inRange("question-end", request.questionEnd(), 0, prompt.length);
        Checks.argument(
                request.questionEnd() == 0 || context == null,
                () -> "context '" + context.name() + "' was read before the question was known: question-end="
                        + request.questionEnd() + ", context=" + context.name());
        if (context != null) {
            context.requireHead(request.contextHead());
        }
        Checks.inRange("local-tokens", request.localTokens(), 0, settings.plan().localTokens());
        Checks.notNull("sampling", request.sampling());
        Checks.inRange("max-output-tokens", request.maxOutputTokens(), 0, Integer.MAX_VALUE);
        Duration timeout = request.timeout();
        Checks.argument(
                timeout == null || !timeout.isNegative() && !timeout.isZero(),
                () -> "timeout must be positive: timeout=" + timeout);
        Checks.notNull("message-borders", request.messageBorders());
        long tokens = (long) prompt.length + (context == null ? 0 : context.tokens().length);
        Checks.check(
                tokens <= Integer.MAX_VALUE,
                ErrorId.INVALID_PROMPT,
                () -> "prompt is too long: tokens=" + tokens + ", limit=" + Integer.MAX_VALUE);
        policies.requireFits(request.policy(), context, (int) tokens, plan(request, context));
        boolean inWindow = settings.positions() == PositionMode.CACHE || tokens < settings.window();
        Checks.check(
                inWindow,
                ErrorId.INVALID_PROMPT,
                () -> "prompt does not fit the window and positions are those of the text: tokens=" + tokens
                        + ", window=" + settings.window());
        checkStops(Checks.notNull("stops", request.stops()));
        if (request.grammar() != null) {
            // What is wrong with it is told now, not when its turn comes.
            request.grammar().start(tokenVocabulary()).allowed();
        }
    }

    /**
     * Sizes of the cache that a request is run with: after a context those that it was read with.
     *
     * @param context what the prompt goes on after, or null
     * @throws dev.locret.common.LocretException ({@code invalid-argument}) if there is no room for its budget, or the
     *     context was read with another
     */
    CachePlan plan(GenerationRequest request, ContextText context) {
        int budget = request.cacheBudget();
        Checks.argument(
                context == null || budget == 0 || budget == context.cacheBudget(),
                () -> "context '" + context.name() + "' was read with another budget: cache-budget=" + budget
                        + ", context=" + context.cacheBudget());
        CachePlan plan = settings.plan(context == null ? budget : context.cacheBudget());
        int questionEnd = request.questionEnd();
        // What a pyramid leaves to the last layer decides.
        int least = plan.capacity() - plan.beside();
        int last = Math.max(plan.stabilizers(), plan.retention().recent(least));
        Checks.check(
                questionEnd + (long) last < least,
                ErrorId.INVALID_PROMPT,
                () -> "question and what comes before it are too long to be kept while the document is read: tokens="
                        + questionEnd + ", last entries=" + last + ", cache-budget=" + least);
        return questionEnd <= plan.pinnedTokens() ? plan : plan.withPinnedTokens(questionEnd);
    }

    /** The tokens as grammars need them; fails if the model has no tokenizer. */
    TokenVocabulary tokenVocabulary() {
        return text.tokenVocabulary(endTokens);
    }

    private void checkStops(List<String> stops) {
        for (String stop : stops) {
            Checks.argument(stop != null && !stop.isEmpty(), () -> "stop text is empty: stops=" + stops);
            // Without text there is nothing to look for.
            text.tokenizer();
        }
    }

    /** Fails with {@code invalid-prompt} at the first id outside the vocabulary. */
    void checkTokens(int[] prompt) {
        int vocabulary = config().vocabularySize();
        for (int i = 0; i < prompt.length; i++) {
            int index = i;
            Checks.check(
                    prompt[i] >= 0 && prompt[i] < vocabulary,
                    ErrorId.INVALID_PROMPT,
                    () -> "token id outside the vocabulary: prompt[" + index + "]=" + prompt[index] + ", vocabulary="
                            + vocabulary);
        }
    }

    /** Most tokens of an answer. */
    int maxOutputTokens(GenerationHandle handle) {
        int limit = handle.request().maxOutputTokens();
        int asked = limit == 0 ? Integer.MAX_VALUE : limit;
        return settings.positions() == PositionMode.CACHE
                ? asked
                : Math.min(asked, settings.window() - handle.textTokens());
    }

    ModelConfig config() {
        return decoder.config();
    }
}
