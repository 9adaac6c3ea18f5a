package dev.locret.eval;

import dev.locret.cache.CachePlan;
import dev.locret.common.ErrorId;
import dev.locret.common.LocretException;
import dev.locret.engine.EngineOptions;
import dev.locret.engine.LocretEngine;
import dev.locret.engine.ModelText;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;
import java.util.stream.Stream;

/** Measures candidates on the first documents of a task. Each has a results file of its own, where a later run goes on. */
final class Trials {
    /** The engine's default. */
    private static final String F32 = "f32";

    private final Task task;
    private final ModelText text;
    private final boolean questionFirst;
    private final Supplier<EngineOptions.Builder> model;
    private final int localTokens;
    private final Path directory;
    private final Map<String, String> settings;
    private final Map<String, ResultsFile> files = new HashMap<>();

    /**
     * @param model options of the model, without those of the cache
     * @param localTokens of the longest question
     * @param directory where results go
     * @param settings what results depend on beside a candidate
     */
    Trials(
            Task task,
            ModelText text,
            boolean questionFirst,
            Supplier<EngineOptions.Builder> model,
            int localTokens,
            Path directory,
            Map<String, String> settings) {
        this.task = task;
        this.text = text;
        this.questionFirst = questionFirst;
        this.model = model;
        this.localTokens = localTokens;
        this.directory = directory;
        this.settings = settings;
    }

    /** Options with which a candidate is loaded. */
    EngineOptions options(Candidate candidate) {
        return candidate.applyTo(plain()).build();
    }

    private EngineOptions.Builder plain() {
        return model.get().localTokens(localTokens);
    }

    /** What an application without settings of the cache gets. */
    Candidate byDefault() {
        CachePlan plan = LocretEngine.plan(plain().build()).cache();
        return new Candidate("auto", plan.budget(), plan.chunkSize(), "uniform", 0, 0, 1, F32);
    }

    /** Full attention over so many tokens, or what the model's window holds of them. */
    Candidate full(int longest) {
        int most = LocretEngine.plan(plain().policy(Plan.FULL).build()).cache().budget();
        int chunk = LocretEngine.plan(plain().build()).cache().chunkSize();
        return new Candidate(Plan.FULL, Math.min(longest, most), chunk, "uniform", 0, 0, 1, F32);
    }

    /** Memory of any candidate. */
    CandidateMemory.Need need(Candidate candidate) {
        return CandidateMemory.Need.of(LocretEngine.plan(options(candidate)));
    }

    /**
     * Measures what is not measured yet of the first documents.
     *
     * @return what the candidate reached, or empty if not all of them fit
     */
    Optional<Row> measure(Candidate candidate, int documents) {
        boolean full = candidate.policy().equals(Plan.FULL);
        Plan plan = new Plan(
                List.of(task),
                List.of(),
                full,
                List.of(candidate.policy()),
                List.of(candidate.budget()),
                documents,
                0,
                questionFirst,
                false);
        Engines engines = (policy, budget, local) -> LocretEngine.load(options(candidate));
        new Evaluation(plan, engines, file(candidate), text.tokenizer(), text.template()).run((done, of, note) -> {});
        return row(candidate, documents, Optional.empty());
    }

    /** What a candidate reached on the first documents; empty if not all of them were measured. */
    Optional<Row> row(Candidate candidate, int documents, Optional<Candidate> full) {
        Stream<Outcome> own = file(candidate).outcomes().stream();
        Stream<Outcome> reference =
                full.filter(f -> !f.equals(candidate)).stream().flatMap(f -> file(f).outcomes().stream());
        List<Outcome> outcomes = Stream.concat(reference, own)
                .filter(o -> o.sample() < documents)
                .toList();
        return Summary.of(outcomes).stream()
                .filter(row -> row.kind().equals(Row.ALL) && row.policy().equals(candidate.policy()))
                .filter(row -> row.documents() == documents)
                .findFirst();
    }

    private ResultsFile file(Candidate candidate) {
        try {
            Files.createDirectories(directory);
        } catch (IOException e) {
            throw new LocretException(
                    ErrorId.FILE_NOT_WRITABLE, "tune results: no directory (" + e + "): " + directory, e);
        }
        return files.computeIfAbsent(
                candidate.name(), name -> ResultsFile.open(directory.resolve(name + ".jsonl"), settings));
    }
}
