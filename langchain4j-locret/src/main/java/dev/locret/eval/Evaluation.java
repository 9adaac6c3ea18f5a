package dev.locret.eval;

import dev.locret.engine.LocretEngine;
import dev.locret.text.ChatTemplate;
import dev.locret.text.Tokenizer;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;

/**
 * Runs a plan: with one engine full attention, with another all policies and budgets. What is in the results already is not
 * measured again.
 */
public final class Evaluation {
    private final Plan plan;
    private final Engines engines;
    private final ResultsFile results;
    private final PromptWriter writer;
    private int done;
    private int leftOut;

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
        this.writer = new PromptWriter(tokenizer, template, plan.questionFirst(), plan.opened());
    }

    /**
     * Measures what is not measured yet.
     *
     * @return cases that were left out, since full attention does not hold their documents
     */
    public int run(Listener listener) {
        List<Case> full = new ArrayList<>(plan.fullCases());
        List<Case> rest = new ArrayList<>(plan.cases());
        int of = full.size() + rest.size();
        full.removeIf(c -> results.has(c.key()));
        rest.removeIf(c -> results.has(c.key()));
        done = of - full.size() - rest.size();
        leftOut = 0;
        if (!full.isEmpty()) {
            measure(full, documents(full).mapToInt(writer::longest).max().orElseThrow(), of, listener);
        }
        if (!rest.isEmpty()) {
            // One load for all budgets: a request with less than is planned is answered as if that had been planned.
            measure(rest, rest.stream().mapToInt(Case::budget).max().orElseThrow(), of, listener);
        }
        return leftOut;
    }

    private void measure(List<Case> cases, int budget, int of, Listener listener) {
        try (LocretEngine engine = engines.load(cases.get(0).policy(), budget, localTokens(cases))) {
            Measurement measurement = new Measurement(engine, writer);
            for (Case one : cases) {
                Optional<Outcome> outcome = measurement.measure(one, plan.item(one));
                outcome.ifPresent(results::add);
                leftOut += outcome.isPresent() ? 0 : 1;
                listener.measured(++done, of, one.key() + (outcome.isPresent() ? "" : " does not fit"));
            }
        }
    }

    /** Tokens of the longest question, since a question is a local part. */
    private int localTokens(List<Case> cases) {
        return Math.max(
                Measurement.LOCAL_TOKENS,
                documents(cases).mapToInt(writer::localTokens).max().orElseThrow());
    }

    /** Each document once, whatever it is measured with. */
    private Stream<Item> documents(List<Case> cases) {
        Set<String> seen = new HashSet<>();
        return cases.stream()
                .filter(c -> seen.add(Case.key(c.task().name(), c.length(), c.sample(), "", 0)))
                .map(plan::item);
    }
}
