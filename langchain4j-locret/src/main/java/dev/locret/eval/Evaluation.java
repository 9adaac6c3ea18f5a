package dev.locret.eval;

import dev.locret.engine.LocretEngine;
import dev.locret.text.ChatTemplate;
import dev.locret.text.Tokenizer;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import java.util.stream.Stream;

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
        List<Integer> budgets =
                Stream.concat(Stream.of(0), plan.budgets().stream()).toList();
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
            String first = budget == 0 ? Plan.FULL : cases.get(0).policy();
            try (LocretEngine engine = engines.load(first, budget, localTokens(cases))) {
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
}
