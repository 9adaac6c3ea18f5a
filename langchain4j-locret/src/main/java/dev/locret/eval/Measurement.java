package dev.locret.eval;

import dev.locret.engine.ContextRequest;
import dev.locret.engine.ContinuationScore;
import dev.locret.engine.Generation;
import dev.locret.engine.GenerationListener;
import dev.locret.engine.GenerationRequest;
import dev.locret.engine.GenerationResult;
import dev.locret.engine.LocretEngine;
import dev.locret.generate.SamplingParameters;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/**
 * Measures cases with one engine: a document is read once as a context, then each question is its local part; of a
 * continuation the document's last tokens are.
 */
final class Measurement {
    /** Local tokens where no question is: the design's number. */
    static final int LOCAL_TOKENS = 100;

    private static final String CONTEXT = "eval";
    /** Questions that wait at once; fewer than the engine's queue holds. */
    private static final int BATCH = 32;

    private final LocretEngine engine;

    Measurement(LocretEngine engine) {
        this.engine = engine;
    }

    /** The outcome, or empty if the document does not fit full attention. */
    Optional<Outcome> measure(Case one, Item item) {
        return item.continuation() == null ? ask(one, item) : score(one, item);
    }

    private boolean fits(Case one, int tokens) {
        return one.budget() != 0 || tokens < engine.cachePlan().capacity();
    }

    private Optional<Outcome> ask(Case one, Item item) {
        List<SplitPrompt> prompts = new ArrayList<>();
        int longest = 0;
        for (Query query : item.queries()) {
            SplitPrompt prompt =
                    SplitPrompt.of(engine.tokenizer(), engine.chatTemplate(), item.document(), query.question());
            prompts.add(prompt);
            longest = Math.max(longest, prompt.question().length + query.maxTokens());
        }
        int[] document = prompts.get(0).document();
        if (!fits(one, document.length + longest)) {
            return Optional.empty();
        }
        long begin = System.nanoTime();
        engine.contexts()
                .read(new ContextRequest(CONTEXT, document, one.policy(), null, 0), GenerationListener.NONE)
                .await();
        long read = System.nanoTime();
        List<GenerationResult> results = new ArrayList<>();
        for (int from = 0; from < prompts.size(); from += BATCH) {
            List<Generation> running = new ArrayList<>();
            for (int i = from; i < Math.min(prompts.size(), from + BATCH); i++) {
                running.add(
                        engine.submit(question(prompts.get(i), item.queries().get(i), one), GenerationListener.NONE));
            }
            running.forEach(r -> results.add(r.await()));
        }
        long end = System.nanoTime();
        engine.contexts().remove(CONTEXT);
        return Optional.of(new Outcome(
                one.task().name(),
                one.length(),
                one.sample(),
                one.policy(),
                one.budget(),
                document.length,
                answers(item.queries(), results),
                null,
                (read - begin) / 1e9,
                (end - read) / 1e9,
                results.stream().mapToInt(GenerationResult::outputTokens).sum(),
                results.get(0).cacheBytes()));
    }

    private static GenerationRequest question(SplitPrompt prompt, Query query, Case one) {
        return new GenerationRequest(
                        prompt.question(),
                        0,
                        SamplingParameters.GREEDY,
                        query.maxTokens(),
                        query.stop() == null ? List.of() : List.of(query.stop()),
                        one.policy(),
                        null)
                .withContext(CONTEXT);
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
                document, LOCAL_TOKENS, SamplingParameters.GREEDY, 1, List.of(), one.policy(), null);
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
                score.result().cacheBytes()));
    }
}
