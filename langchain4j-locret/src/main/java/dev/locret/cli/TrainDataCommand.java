package dev.locret.cli;

import dev.locret.common.Checks;
import dev.locret.corpus.Corpus;
import dev.locret.corpus.TokenCount;
import dev.locret.engine.EngineOptions;
import dev.locret.engine.LocretEngine;
import dev.locret.engine.ModelText;
import dev.locret.format.ModelFiles;
import dev.locret.train.data.EngineTextModel;
import dev.locret.train.data.SampleFile;
import dev.locret.train.data.SampleGenerator;
import dev.locret.train.data.SampleOptions;
import dev.locret.train.data.WrittenSampleFile;
import dev.locret.train.data.WrittenSamples;
import java.nio.file.Path;
import java.util.List;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** Makes training data from documents. */
@Command(
        name = "train-data",
        description = "Make samples for training retaining heads from your own documents.",
        footer = {
            "",
            "Excerpts of the documents with facts hidden in them (numbers, secrets, names, places, dates, tables, sayings, "
                    + "definitions, facts in two steps) and sentences to quote; several questions to each.",
            "With --with-model the model asks and answers instead, about the documents as they are: slowly. Empty and "
                    + "repeated questions and answers that the passage does not hold are left out. The file grows by a "
                    + "sample at a time; the same command goes on with it.",
            "Each line: {\"context\", \"questions\": [{\"question\", \"answer\"}]} or {\"text\"}. The same seed gives the same file."
        })
final class TrainDataCommand extends LocretCommand {
    /** Entries that hold a passage and what is asked of it. */
    private static final int PASSAGE_BUDGET = 2048;

    @Option(
            names = {"-d", "--documents"},
            required = true,
            arity = "1..*",
            paramLabel = "FILE",
            description = "Text, Markdown, HTML or PDF, or directories with them.")
    private List<Path> documents;

    @Option(
            names = "--exclude",
            arity = "1..*",
            paramLabel = "FILE",
            description = "Documents for evaluation: no paragraph of theirs gets into a sample.")
    private List<Path> excluded = List.of();

    @Option(
            names = "--hold-out",
            paramLabel = "PERCENT",
            defaultValue = "0",
            description = "Share of the paragraphs to leave out, for evaluation on the same documents"
                    + " (default: ${DEFAULT-VALUE}).")
    private int holdOut;

    @Option(
            names = {"-o", "--output"},
            required = true,
            paramLabel = "FILE",
            description = "Where the samples go, as JSON lines.")
    private Path target;

    @Option(
            names = "--samples",
            paramLabel = "N",
            defaultValue = "600",
            description = "How many (default: ${DEFAULT-VALUE}).")
    private int samples;

    @Option(
            names = "--min-tokens",
            paramLabel = "N",
            defaultValue = "700",
            description = "Tokens of the shortest sample (default: ${DEFAULT-VALUE}).")
    private int minTokens;

    @Option(
            names = "--max-tokens",
            paramLabel = "N",
            defaultValue = "4000",
            description = "Tokens of the longest sample, with its questions and answers (default: ${DEFAULT-VALUE}).")
    private int maxTokens;

    @Option(
            names = "--texts",
            paramLabel = "PERCENT",
            defaultValue = "0",
            description = "Share of samples that are text alone, whose end says what going on with it needs"
                    + " (default: ${DEFAULT-VALUE}).")
    private int texts;

    @Option(
            names = {"-m", "--model"},
            paramLabel = "MODEL",
            description = "Model whose tokens are counted (default: four characters are taken for a token).")
    private String model;

    @Option(names = "--with-model", description = "Questions and answers written by the model of --model itself.")
    private boolean withModel;

    @Option(
            names = "--seed",
            paramLabel = "N",
            defaultValue = "1",
            description = "Seed of all that is drawn (default: ${DEFAULT-VALUE}).")
    private long seed;

    /** As printed. */
    private record Result(int samples, int paragraphs, String output) {}

    @Override
    void run(Output output) {
        Checks.inRange("samples", samples, 1, 10_000_000);
        Checks.argument(model != null || !withModel, () -> "--with-model needs a model: with-model=true, model=null");
        Checks.argument(
                texts == 0 || !withModel,
                () -> "a model writes questions to all of its samples: with-model=true, texts=" + texts);
        Checks.inRange("hold-out", holdOut, 0, 90);
        SampleOptions options = new SampleOptions(minTokens, maxTokens, texts, seed);
        Corpus corpus = Corpus.of(Documents.read(documents, output));
        if (!excluded.isEmpty()) {
            corpus = corpus.without(Corpus.of(Documents.read(excluded, output)).keys());
        }
        corpus = corpus.withoutHeldOut(holdOut);
        if (withModel) {
            writeByModel(corpus, options, output);
        } else {
            SampleGenerator generator = new SampleGenerator(corpus, tokenCount(output), options);
            try (Progress progress = output.progress("samples", Progress.Unit.SAMPLES)) {
                SampleFile.write(target, generator, samples, done -> progress.update(done, samples, ""));
            }
        }
        Result result = new Result(samples, corpus.paragraphs().size(), target.toString());
        if (output.isJson()) {
            output.json(result);
        } else {
            output.line(result.samples + " samples from " + result.paragraphs + " paragraphs: " + target);
        }
    }

    private void writeByModel(Corpus corpus, SampleOptions options, Output output) {
        EngineOptions.Builder engineOptions = EngineOptions.builder(Sources.resolve(model, output));
        int budget = LocretEngine.plan(engineOptions.build()).cache().budget();
        engineOptions.cacheBudget(Math.min(PASSAGE_BUDGET, budget));
        try (LocretEngine engine = LocretEngine.load(engineOptions.build());
                Progress progress = output.progress("samples", Progress.Unit.SAMPLES)) {
            WrittenSamples written =
                    new WrittenSamples(corpus, TokenCount.of(engine.tokenizer()), options, new EngineTextModel(engine));
            String run = corpus.id(engine.modelName() + " " + options);
            int before = new WrittenSampleFile(target, run)
                    .write(written, samples, done -> progress.update(done, samples, ""));
            if (before > 0) {
                output.note(before + " samples were there: " + target);
            }
            if (!written.leftOut().isEmpty()) {
                output.note("left out: " + written.leftOut());
            }
        }
    }

    private TokenCount tokenCount(Output output) {
        if (model == null) {
            return TokenCount.estimate();
        }
        try (ModelFiles files = ModelFiles.open(Sources.resolve(model, output))) {
            return TokenCount.of(ModelText.load(files).tokenizer());
        }
    }
}
