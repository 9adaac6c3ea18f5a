package dev.locret.engine;

import dev.locret.backend.AttentionSpec.PositionMode;
import dev.locret.backend.Backend;
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
        LongSupplier nanoTime) {

    /** Fails unless a request can be run here. */
    void check(GenerationRequest request) {
        int[] prompt = Checks.notNull("prompt-tokens", request.promptTokens());
        Checks.check(prompt.length > 0, ErrorId.INVALID_PROMPT, () -> "prompt is empty: tokens=0");
        checkTokens(prompt);
        Checks.inRange("local-tokens", request.localTokens(), 0, settings.plan().localTokens());
        Checks.notNull("sampling", request.sampling());
        Checks.inRange("max-output-tokens", request.maxOutputTokens(), 0, Integer.MAX_VALUE);
        Duration timeout = request.timeout();
        Checks.argument(
                timeout == null || !timeout.isNegative() && !timeout.isZero(),
                () -> "timeout must be positive: timeout=" + timeout);
        policies.requireFits(request.policy(), prompt.length);
        boolean inWindow = settings.positions() == PositionMode.CACHE || prompt.length < settings.window();
        Checks.check(
                inWindow,
                ErrorId.INVALID_PROMPT,
                () -> "prompt does not fit the window and positions are those of the text: tokens=" + prompt.length
                        + ", window=" + settings.window());
        checkStops(Checks.notNull("stops", request.stops()));
        if (request.grammar() != null) {
            // What is wrong with it is told now, not when its turn comes.
            request.grammar().start(tokenVocabulary()).allowed();
        }
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

    private void checkTokens(int[] prompt) {
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
    int maxOutputTokens(GenerationRequest request) {
        int asked = request.maxOutputTokens() == 0 ? Integer.MAX_VALUE : request.maxOutputTokens();
        return settings.positions() == PositionMode.CACHE
                ? asked
                : Math.min(asked, settings.window() - request.promptTokens().length);
    }

    ModelConfig config() {
        return decoder.config();
    }
}
