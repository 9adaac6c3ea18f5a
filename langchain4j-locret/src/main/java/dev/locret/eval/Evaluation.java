package dev.locret.eval;

import dev.locret.engine.LocretEngine;
import dev.locret.text.ChatTemplate;
import dev.locret.text.Tokenizer;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;

/** Runs a plan: one engine after the other, one for each budget; what is in the results already is not measured again. */
public final class Evaluation {
    private final Plan plan;
    private final Engines engines;
    private final ResultsFile results;
    private final Tokenizer tokenizer;
    private final Optional<ChatTemplate> template;

    /** Told how far a run has come. */
    @FunctionalInterface
    public interface Listener {
        /**
         * @param done cases measured so far, those of earlier runs among them
         * @param of how many
         * @param note what was measured last
         */
        void measured(int done, int of, String note);
    }

    public Evaluation(
            Plan plan, Engines engines, ResultsFile results, Tokenizer tokenizer, Optional<ChatTemplate> template) {
        this.plan = plan;
        this.engines = engines;
        this.results = results;
        this.tokenizer = tokenizer;
        this.template = template;
    }

    /**
     * Measures what is not measured yet.
     *
     * @return cases that were left out, since full attention does not hold their documents
     */
    public int run(Listener listener) {
        List<Integer> budgets = plan.allBudgets();
        int of = budgets.stream().mapToInt(b -> plan.cases(b).size()).sum();
        int leftOut = 0;
        int done = 0;
        for (int budget : budgets) {
            List<Case> cases = new ArrayList<>(plan.cases(budget));
            int before = cases.size();
            cases.removeIf(c -> results.has(c.key()));
            done += before - cases.size();
            if (cases.isEmpty()) {
                continue;
            }
            String policy = cases.get(0).policy();
            int entries = budget == 0 ? longest(cases) : budget;
            try (LocretEngine engine = engines.load(policy, entries, localTokens(cases))) {
                Measurement measurement = new Measurement(engine);
                for (Case one : cases) {
                    Optional<Outcome> outcome = measurement.measure(one, plan.item(one));
                    outcome.ifPresent(results::add);
                    leftOut += outcome.isPresent() ? 0 : 1;
                    listener.measured(++done, of, one.key() + (outcome.isPresent() ? "" : " does not fit"));
                }
            }
        }
        return leftOut;
    }

    /** Tokens of the longest question, since a question is a local part. */
    private int localTokens(List<Case> cases) {
        return cases.stream()
                .flatMap(c -> plan.item(c).queries().stream())
                .map(Query::question)
                .distinct()
                .flatMapToInt(q -> IntStream.of(
                        SplitPrompt.of(tokenizer, template, "document", q).question().length))
                .reduce(Measurement.LOCAL_TOKENS, Math::max);
    }

    /** Tokens of the longest document with a question and its answer, or with its continuation. */
    private int longest(List<Case> cases) {
        return cases.stream().map(plan::item).mapToInt(this::tokens).max().orElseThrow();
    }

    private int tokens(Item item) {
        if (item.continuation() != null) {
            return SplitPrompt.plain(tokenizer, item.document()).document().length + ContinuationTask.TOKENS;
        }
        int question = 0;
        for (Query query : item.queries()) {
            int tail = SplitPrompt.of(tokenizer, template, "document", query.question())
                    .question()
                    .length;
            question = Math.max(question, tail + query.maxTokens());
        }
        String any = item.queries().get(0).question();
        return SplitPrompt.of(tokenizer, template, item.document(), any).document().length + question;
    }
}
