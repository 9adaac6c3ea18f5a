package dev.locret.eval;

import dev.locret.common.Checks;
import dev.locret.common.ErrorId;
import dev.locret.common.LocretException;
import dev.locret.engine.EngineOptions;
import dev.locret.engine.ModelText;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.Supplier;
import java.util.function.ToIntFunction;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/**
 * Looks for the settings that answer a user's own questions best in the memory that there is, by successive halving
 * (Jamieson and Talwalkar, arXiv 1502.07943): candidates drawn at random are tried on a few documents, the best third on
 * three times as many, and so on; then, in the same way, those that differ from the winner in one setting.
 */
public final class Tuning {
    /** Questions that the first comparison is made with at least, if there are so many. */
    private static final int LEAST_QUESTIONS = 10;

    /**
     * How to look.
     *
     * @param maxBytes memory of the application by the memory plan
     * @param trials candidates at most
     * @param tolerance how much a score may be below the best for the sake of less memory
     * @param seed of the draw
     * @param questionFirst whether questions stand in front of documents too
     * @param full whether full attention is measured beside
     */
    public record Options(long maxBytes, int trials, double tolerance, long seed, boolean questionFirst, boolean full) {
        public Options {
            Checks.inRange("trials", trials, 1, 100_000);
            Checks.argument(
                    tolerance >= 0 && tolerance <= 1,
                    () -> "tolerance out of range: tolerance=" + tolerance + ", allowed=0..1");
        }
    }

    private final Task task;
    private final Options options;
    private final int longest;
    private final int localTokens;
    private final Trials trials;
    private CandidateMemory memory;

    /**
     * @param task documents and questions, as many as there are
     * @param model options of the model, without those of the cache
     * @param directory where results of trials go, and are found by a run that goes on
     * @param settings what results depend on beside a candidate, by name
     */
    public Tuning(
            Task task,
            ModelText text,
            Options options,
            Supplier<EngineOptions.Builder> model,
            Path directory,
            Map<String, String> settings) {
        this.task = task;
        this.options = options;
        PromptWriter writer = new PromptWriter(text.tokenizer(), text.template(), options.questionFirst, false);
        this.longest = most(writer::longest);
        this.localTokens = Math.max(Measurement.LOCAL_TOKENS, most(writer::localTokens));
        this.trials = new Trials(task, text, options.questionFirst, model, localTokens, directory, settings);
    }

    private int most(ToIntFunction<Item> tokens) {
        return items().mapToInt(tokens).max().orElseThrow();
    }

    private Stream<Item> items() {
        return IntStream.range(0, task.size()).mapToObj(i -> task.item(i, 0, new Random(0)));
    }

    /** Tokens of the longest prompt with its answer. */
    public int longest() {
        return longest;
    }

    /**
     * Tries candidates.
     *
     * @param told a line for each candidate that was measured
     * @throws LocretException ({@code not-enough-memory}) if none fits, with what the smallest needs
     */
    public TuningResult run(SearchSpace space, Consumer<String> told) {
        memory = new CandidateMemory(trials::options, options.maxBytes);
        List<Candidate> all = memory.fitting(space.candidates(longest));
        List<Candidate> drawn = drawn(all, space);
        Set<Candidate> tried = new LinkedHashSet<>(drawn);
        List<Trial> finalists = new ArrayList<>(race(drawn, told));
        Candidate winner = chosen(finalists).candidate();
        List<Candidate> near = shuffled(all).stream()
                .filter(c -> SearchSpace.distance(c, winner) == 1 && !tried.contains(c))
                .limit(options.trials - tried.size())
                .toList();
        if (!near.isEmpty()) {
            tried.addAll(near);
            List<Candidate> again = new ArrayList<>(near);
            finalists.forEach(f -> again.add(f.candidate()));
            List<Trial> later = race(again, told);
            finalists.removeIf(f -> later.stream().anyMatch(l -> l.candidate().equals(f.candidate())));
            finalists.addAll(later);
        }
        return result(chosen(finalists), finalists, all.size(), tried.size(), told);
    }

    /** Two thirds of the trials: the plain candidates first, then others at random. */
    private List<Candidate> drawn(List<Candidate> all, SearchSpace space) {
        List<Candidate> order = shuffled(all);
        order.sort(Comparator.comparing(c -> !space.isPlain(c)));
        int first = all.size() <= options.trials ? all.size() : (2 * options.trials + 2) / 3;
        return order.subList(0, Math.min(first, order.size()));
    }

    private List<Candidate> shuffled(List<Candidate> candidates) {
        List<Candidate> order = new ArrayList<>(candidates);
        Collections.shuffle(order, new Random(options.seed));
        return order;
    }

    /** Those of the candidates that came to be measured on all documents. */
    private List<Trial> race(List<Candidate> candidates, Consumer<String> told) {
        Halving halving = new Halving(
                task.size(),
                leastDocuments(),
                (candidate, documents) -> {
                    double score =
                            trials.measure(candidate, documents).orElseThrow().score();
                    told.accept(String.format(
                            Locale.ROOT, "%s: score %.3f on %d documents", candidate.describe(), score, documents));
                    return score;
                },
                candidate -> memory.need(candidate).bytes());
        return halving.race(candidates).stream()
                .map(c -> trial(c, Optional.empty()))
                .toList();
    }

    /** As many of the first documents as have enough questions to tell candidates apart. */
    private int leastDocuments() {
        int documents = 0;
        int questions = 0;
        while (documents < task.size() && questions < LEAST_QUESTIONS) {
            questions += task.item(documents++, 0, new Random(0)).queries().size();
        }
        return documents;
    }

    private Trial trial(Candidate candidate, Optional<Candidate> full) {
        CandidateMemory.Need need = memory.need(candidate);
        return new Trial(
                candidate,
                trials.row(candidate, task.size(), full).orElseThrow(),
                need != null ? need : trials.need(candidate));
    }

    /** Of those within the tolerance of the best score the one of least memory, then of the best score, then the fastest. */
    private Trial chosen(List<Trial> finalists) {
        double best = finalists.stream().mapToDouble(Trial::score).max().orElseThrow();
        return finalists.stream()
                .filter(t -> t.score() >= best - options.tolerance - 1e-9)
                .min(Comparator.comparingLong((Trial t) -> t.memory().bytes())
                        .thenComparingDouble(t -> -t.score())
                        .thenComparingDouble(t -> -t.row().tokensPerSecond()))
                .orElseThrow();
    }

    private TuningResult result(Trial chosen, List<Trial> finalists, int fitting, int tried, Consumer<String> told) {
        List<String> notes = new ArrayList<>(memory.leftOut());
        Optional<Candidate> full =
                options.full ? reference("full attention", () -> trials.full(longest), notes, told) : Optional.empty();
        Optional<Candidate> plain = reference("the default", trials::byDefault, notes, told);
        return new TuningResult(
                trial(chosen.candidate(), full),
                plain.map(c -> trial(c, full)),
                full.map(c -> trial(c, full)),
                finalists.stream().map(t -> trial(t.candidate(), full)).toList(),
                notes,
                new TuningResult.Extent(
                        task.size(),
                        items().mapToInt(item -> item.queries().size()).sum(),
                        longest,
                        localTokens,
                        tried,
                        fitting),
                options);
    }

    /** What candidates are compared with, unless it cannot be measured here, which is noted. */
    private Optional<Candidate> reference(
            String label, Supplier<Candidate> candidate, List<String> notes, Consumer<String> told) {
        try {
            Candidate reference = candidate.get();
            if (trials.measure(reference, task.size()).isPresent()) {
                told.accept(label + " was measured");
                return Optional.of(reference);
            }
            notes.add(label + " was not measured, since the model's window does not hold every document");
        } catch (LocretException e) {
            if (e.id() != ErrorId.NOT_ENOUGH_MEMORY) {
                throw e;
            }
            notes.add(label + " was not measured: " + e.getMessage());
        }
        return Optional.empty();
    }
}
