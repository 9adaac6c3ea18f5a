package dev.locret.eval;

import dev.locret.engine.ContextRequest;
import dev.locret.engine.ContinuationScore;
import dev.locret.engine.Generation;
import dev.locret.engine.GenerationListener;
import dev.locret.engine.GenerationRequest;
import dev.locret.engine.GenerationResult;
import dev.locret.engine.LocretEngine;
import dev.locret.generate.SamplingParameters;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;

/**
 * Measures cases with one engine: a document is read once as a context, then each question is its local part, or, where
 * questions stand in front of the document, the document is read for each of them; of a continuation the document's last
 * tokens are the local part.
 */
final class Measurement {
    /** Local tokens where no question is: the design's number. */
    static final int LOCAL_TOKENS = 100;

    private static final String CONTEXT = "eval";
    /** Questions that wait at once; fewer than the engine's queue holds. */
    private static final int BATCH = 32;

    private final LocretEngine engine;
    private final PromptWriter writer;

    Measurement(LocretEngine engine, PromptWriter writer) {
        this.engine = engine;
        this.writer = writer;
    }

    /** The outcome, or empty if the document does not fit full attention. */
    Optional<Outcome> measure(Case one, Item item) {
        return item.continuation() == null ? ask(one, item) : score(one, item);
    }

    private boolean fits(Case one, int tokens) {
        return one.budget() != 0 || tokens < engine.cachePlan().capacity();
    }

    private Optional<Outcome> ask(Case one, Item item) {
        Prompts prompts = writer.of(item);
        int longest = prompts.longest(item.queries());
        if (!fits(one, longest)) {
            return Optional.empty();
        }
        long begin = System.nanoTime();
        boolean shared = prompts.document().length > 0;
        if (shared) {
            engine.contexts()
                    .read(
                            new ContextRequest(CONTEXT, prompts.document(), one.policy(), one.budget(), null, 0),
                            GenerationListener.NONE)
                    .await();
        }
        long read = System.nanoTime();
        List<GenerationResult> results = answered(one, item, prompts);
        long end = System.nanoTime();
        if (shared) {
            engine.contexts().remove(CONTEXT);
        }
        double prefill = shared ? (read - begin) / 1e9 : seconds(results, GenerationResult::prefill);
        double decode = shared ? (end - read) / 1e9 : seconds(results, GenerationResult::decode);
        return Optional.of(new Outcome(
                one.task().name(),
                one.length(),
                one.sample(),
                one.policy(),
                one.budget(),
                prompts.readTokens(),
                answers(item.queries(), results),
                null,
                prefill,
                decode,
                results.stream().mapToInt(GenerationResult::outputTokens).sum(),
                cacheBytes(one, longest)));
    }

    private List<GenerationResult> answered(Case one, Item item, Prompts prompts) {
        List<GenerationResult> results = new ArrayList<>();
        for (int from = 0; from < prompts.parts().size(); from += BATCH) {
            List<Generation> running = new ArrayList<>();
            for (int i = from; i < Math.min(prompts.parts().size(), from + BATCH); i++) {
                GenerationRequest request =
                        question(prompts.parts().get(i), item.queries().get(i), one);
                request = prompts.document().length > 0 ? request.withContext(CONTEXT) : request;
                running.add(engine.submit(request, GenerationListener.NONE));
            }
            running.forEach(r -> results.add(r.await()));
        }
        return results;
    }

    private static double seconds(List<GenerationResult> results, Function<GenerationResult, Duration> time) {
        return results.stream().mapToDouble(r -> time.apply(r).toNanos() / 1e9).sum();
    }

    private static GenerationRequest question(Prompts.Part part, Query query, Case one) {
        return new GenerationRequest(
                        part.tokens(),
                        part.local(),
                        SamplingParameters.GREEDY,
                        query.maxTokens(),
                        query.stop() == null ? List.of() : List.of(query.stop()),
                        one.policy(),
                        null)
                .withCacheBudget(one.budget())
                .withQuestionEnd(part.questionEnd());
    }

    private static List<Outcome.Answer> answers(List<Query> queries, List<GenerationResult> results) {
        List<Outcome.Answer> answers = new ArrayList<>();
        for (int i = 0; i < queries.size(); i++) {
            Query query = queries.get(i);
            String answer = results.get(i).text().strip();
            answers.add(new Outcome.Answer(
                    query.kind(),
                    query.depth(),
                    query.expected(),
                    answer,
                    query.scorer().score(answer, query.expected())));
        }
        return answers;
    }

    private Optional<Outcome> score(Case one, Item item) {
        int[] document = SplitPrompt.plain(engine.tokenizer(), item.document()).document();
        int[] continuation =
                Arrays.copyOf(engine.tokenizer().encode(item.continuation(), false), ContinuationTask.TOKENS);
        if (!fits(one, document.length + continuation.length)) {
            return Optional.empty();
        }
        GenerationRequest prompt = new GenerationRequest(
                        document, LOCAL_TOKENS, SamplingParameters.GREEDY, 1, List.of(), one.policy(), null)
                .withCacheBudget(one.budget());
        ContinuationScore score = engine.score(prompt, continuation);
        return Optional.of(new Outcome(
                one.task().name(),
                one.length(),
                one.sample(),
                one.policy(),
                one.budget(),
                document.length,
                List.of(),
                score.mean(),
                score.result().prefill().toNanos() / 1e9,
                score.result().decode().toNanos() / 1e9,
                continuation.length,
                cacheBytes(one, document.length + continuation.length)));
    }

    /** Bytes of a cache for this case alone: full attention takes as many as the text has tokens. */
    private long cacheBytes(Case one, int tokens) {
        int entries = one.budget() != 0
                ? one.budget()
                : Math.min(tokens, engine.cachePlan().budget());
        return engine.cacheBytes(entries);
    }
}
