package dev.locret.cli;

import dev.locret.cache.BudgetAllocation;
import dev.locret.common.ErrorId;
import dev.locret.common.LocretException;
import dev.locret.corpus.Corpus;
import dev.locret.corpus.TokenCount;
import dev.locret.engine.EngineOptions;
import dev.locret.engine.LocretEngine;
import dev.locret.engine.ModelHash;
import dev.locret.engine.ModelText;
import dev.locret.eval.Evaluation;
import dev.locret.eval.FileTask;
import dev.locret.eval.Plan;
import dev.locret.eval.ReadingTask;
import dev.locret.eval.Report;
import dev.locret.eval.ResultsFile;
import dev.locret.eval.Task;
import dev.locret.eval.Tasks;
import dev.locret.eviction.EvictionPolicies;
import dev.locret.eviction.HeadKind;
import dev.locret.format.ModelFiles;
import dev.locret.format.WeightSource;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;

/** Measures what budgets and policies cost in quality. */
@Command(
        name = "eval",
        description = "Measure policies and budgets against full attention on long-context tasks.",
        footer = {
            "",
            "Writes results.jsonl (a line a document, where an interrupted run goes on), report.json, report.csv, "
                    + "report.html and plots to the output directory.",
            "--json prints {\"settings\": {...}, \"rows\": [{\"task\", \"length\", \"policy\", \"budget\", \"kind\", "
                    + "\"documents\", \"questions\", \"found\", \"score\", \"low\", \"high\", \"documentLow\", "
                    + "\"documentHigh\", \"ofFull\", \"ofFullLow\", \"ofFullHigh\", \"fullFound\", "
                    + "\"nll\", \"perplexityOfFull\", \"tokensPerSecond\", \"cacheBytes\"}]}."
        })
final class EvalCommand extends LocretCommand {
    @Mixin
    private ModelOptions model;

    @Option(
            names = "--task",
            split = ",",
            paramLabel = "NAME",
            description = "needles: several named facts a document; facts: of more kinds; number, passkey: one;"
                    + " perplexity: of the text that follows; noise-passkey, number-string, kv: as InfiniteBench;"
                    + " niah-single-1 to -3, niah-multikey-1 to -3, niah-multivalue, niah-multiquery, variable-tracking,"
                    + " common-words, frequent-words: as RULER; shared-kv, shared-prefix-suffix, shared-variables: five"
                    + " questions to one context, as SCBench; turns-needles, turns-facts, turns-kv,"
                    + " turns-prefix-suffix, turns-variables: as turns of a conversation (default: needles, unless"
                    + " there are task files).")
    private List<String> tasks;

    @Option(
            names = "--task-file",
            arity = "1..*",
            paramLabel = "FILE",
            description = "JSON lines {\"context\", \"questions\": [{\"question\", \"answer\", \"score\"}]}, or as"
                    + " InfiniteBench, LongBench, L-Eval and RULER publish them.")
    private List<Path> taskFiles = List.of();

    @Option(
            names = "--qa-file",
            arity = "1..*",
            paramLabel = "FILE",
            description = "JSON lines {\"question\", \"answers\", \"context\"} as SQuAD and HotpotQA have them: each"
                    + " question's paragraphs are hidden among the others', as RULER does.")
    private List<Path> readingFiles = List.of();

    @Option(
            names = {"-d", "--documents"},
            arity = "1..*",
            paramLabel = "FILE",
            description = "Natural text to hide things in: files or directories that heads were not trained on.")
    private List<Path> documents = List.of();

    @Option(
            names = "--unseen-by",
            arity = "1..*",
            paramLabel = "FILE",
            description = "Training files: no paragraph that stands in them is used.")
    private List<Path> training = List.of();

    @Option(
            names = "--length",
            split = ",",
            paramLabel = "N",
            defaultValue = "4k",
            description = "Tokens of the documents, such as 4k,16k (default: ${DEFAULT-VALUE}).")
    private List<String> lengths;

    @Option(
            names = "--policy",
            split = ",",
            paramLabel = "NAME",
            description = "Eviction policies (default: all that the model has what it takes for).")
    private List<String> policies;

    @Option(
            names = "--without-full",
            description = "Do not measure full attention, which takes memory for the longest document.")
    private boolean withoutFull;

    @Option(
            names = "--budget",
            split = ",",
            paramLabel = "N",
            defaultValue = "128,256,512",
            description = "Cache entries kept per KV head (default: ${DEFAULT-VALUE}).")
    private List<Integer> budgets;

    @Option(
            names = "--samples",
            paramLabel = "N",
            defaultValue = "10",
            description = "Documents of each task and length (default: ${DEFAULT-VALUE}).")
    private int samples;

    @Option(
            names = "--needles",
            paramLabel = "N",
            defaultValue = "6",
            description = "Facts in a document (default: ${DEFAULT-VALUE}).")
    private int needles;

    @Option(
            names = "--open-answers",
            description =
                    "Give the first words of answers, as RULER and InfiniteBench do: what decides is what was kept,"
                            + " not how the model begins.")
    private boolean opened;

    @Option(names = "--seed", paramLabel = "N", defaultValue = "1", description = "Default: ${DEFAULT-VALUE}.")
    private long seed;

    @Mixin
    private EvictionOptions eviction;

    @Mixin
    private QuestionAwareOptions questionAware;

    @Option(
            names = "--parallel",
            paramLabel = "N",
            defaultValue = "1",
            description = "Questions answered at once, each with a cache of its own (default: ${DEFAULT-VALUE}).")
    private int parallel;

    @Option(
            names = {"-o", "--output"},
            required = true,
            paramLabel = "DIR",
            description = "Where results and report go; results that are there are gone on with.")
    private Path directory;

    @Override
    void run(Output output) {
        Path path = model.engineOptions(output).build().modelPath();
        ModelText text;
        Map<String, String> settings;
        try (ModelFiles files = ModelFiles.open(path)) {
            text = ModelText.load(files);
            settings = settings(files.weights(), output);
        }
        TokenCount count = TokenCount.of(text.tokenizer());
        Plan plan = new Plan(
                tasks(count, output),
                lengths(),
                !withoutFull,
                policies(output),
                budgets,
                samples,
                seed,
                questionAware.isOn(),
                opened);
        ResultsFile results = ResultsFile.open(directory().resolve("results.jsonl"), settings);
        Evaluation evaluation = new Evaluation(
                plan,
                (policy, budget, local) -> load(policy, budget, local, output),
                results,
                text.tokenizer(),
                text.template());
        int leftOut;
        try (Progress progress = output.progress("eval", Progress.Unit.SAMPLES)) {
            leftOut = evaluation.run(progress::update);
        }
        if (leftOut > 0) {
            output.note(
                    "left out with full attention, since the model's window does not hold them: documents=" + leftOut);
        }
        Report report = Report.of(settings, results);
        report.write(directory);
        if (output.isJson()) {
            output.line(report.json());
        } else {
            report.lines().forEach(output::line);
            output.line("report: " + directory.resolve("report.html"));
        }
    }

    private List<Task> tasks(TokenCount count, Output output) {
        List<Task> made = new ArrayList<>();
        taskFiles.forEach(file -> made.add(FileTask.read(file, samples, NamedDocuments.beside(file))));
        readingFiles.forEach(file -> made.add(ReadingTask.read(file, count)));
        List<String> names = tasks != null ? tasks : made.isEmpty() ? List.of("needles") : List.of();
        if (!names.isEmpty()) {
            Corpus corpus = corpus(output);
            names.stream().distinct().forEach(name -> made.add(Tasks.create(name, corpus, count, needles)));
        }
        return made;
    }

    private Corpus corpus(Output output) {
        if (documents.isEmpty()) {
            throw new ParameterException(spec().commandLine(), "Missing --documents: text to hide things in");
        }
        Corpus corpus = Corpus.of(Documents.read(documents, output));
        return training.isEmpty() ? corpus : corpus.without(TrainingParagraphs.keys(training));
    }

    private List<Integer> lengths() {
        return lengths.stream().map(Lengths::parse).distinct().toList();
    }

    private List<String> policies(Output output) {
        HeadKind heads = ModelIdentity.kind(model.engineOptions(output).build().headsPath());
        if (policies == null) {
            return EvictionPolicies.names().stream()
                    .filter(name -> EvictionPolicies.runsWith(name, heads))
                    .toList();
        }
        policies.forEach(name -> EvictionPolicies.require(name, heads));
        return policies.stream().distinct().toList();
    }

    private LocretEngine load(String policy, int budget, int localTokens, Output output) {
        EngineOptions.Builder options = questionAware
                .applyTo(eviction.applyTo(model.engineOptions(output)), output)
                .policy(policy)
                .localTokens(localTokens)
                .maxSessions(parallel);
        boolean full = policy.equals("none");
        if (full) {
            // Nothing is divided; a pool would need positions for twice the text, and a pyramid room for its last
            // layer.
            options.budgetAllocation(BudgetAllocation.UNIFORM);
        }
        // By default as many as the window holds, which for most models is more than there is memory for.
        int most = full ? LocretEngine.plan(options.build()).cache().budget() : budget;
        return LocretEngine.load(options.cacheBudget(Math.min(budget, most)).build());
    }

    private Path directory() {
        try {
            return Files.createDirectories(directory);
        } catch (IOException e) {
            throw new LocretException(
                    ErrorId.FILE_NOT_WRITABLE, "eval results: no directory (" + e + "): " + directory, e);
        }
    }

    /** What results depend on beside task, length, policy and budget; model and heads are told by what is in them. */
    private Map<String, String> settings(WeightSource weights, Output output) {
        Map<String, String> settings = new LinkedHashMap<>();
        settings.put("model", model.model());
        settings.put("modelHash", ModelHash.of(weights));
        Path heads = model.engineOptions(output).build().headsPath();
        settings.put("heads", heads == null ? "none" : heads.toString());
        settings.put("headsHash", ModelIdentity.hash(heads, weights));
        settings.put("questionFirst", String.valueOf(questionAware.isOn()));
        settings.put("openAnswers", String.valueOf(opened));
        settings.put("questionAwareHeadsHash", ModelIdentity.hash(questionAware.headsPath(output), weights));
        settings.put("documents", listed(documents));
        settings.put("taskFiles", listed(taskFiles));
        settings.put("readingFiles", listed(readingFiles));
        settings.put("unseenBy", listed(training));
        settings.put("needles", String.valueOf(needles));
        settings.put("seed", String.valueOf(seed));
        settings.putAll(eviction.settings());
        return settings;
    }

    private static String listed(List<Path> files) {
        return files.isEmpty()
                ? "none"
                : String.join(", ", files.stream().map(Path::toString).toList());
    }
}
