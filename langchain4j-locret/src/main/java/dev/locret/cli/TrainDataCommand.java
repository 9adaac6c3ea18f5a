package dev.locret.cli;

import dev.locret.common.Checks;
import dev.locret.corpus.Corpus;
import dev.locret.corpus.TokenCount;
import dev.locret.engine.ModelText;
import dev.locret.format.ModelFiles;
import dev.locret.train.data.SampleFile;
import dev.locret.train.data.SampleGenerator;
import dev.locret.train.data.SampleOptions;
import java.nio.file.Path;
import java.util.List;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** Makes training data from documents. */
@Command(
        name = "train-data",
        description = "Make samples for training retaining heads from your own documents, without another model.",
        footer = {
            "",
            "Excerpts of the documents with facts hidden in them (numbers, secrets, names, places, dates, tables, sayings, "
                    + "definitions, facts in two steps) and sentences to quote; several questions to each.",
            "Each line: {\"context\", \"questions\": [{\"question\", \"answer\"}]}. The same seed gives the same file."
        })
final class TrainDataCommand extends LocretCommand {
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
            names = {"-m", "--model"},
            paramLabel = "MODEL",
            description = "Model whose tokens are counted (default: four characters are taken for a token).")
    private String model;

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
        Checks.inRange("hold-out", holdOut, 0, 90);
        SampleOptions options = new SampleOptions(minTokens, maxTokens, seed);
        Corpus corpus = Corpus.of(Documents.read(documents, output));
        if (!excluded.isEmpty()) {
            corpus = corpus.without(Corpus.of(Documents.read(excluded, output)).keys());
        }
        corpus = corpus.withoutHeldOut(holdOut);
        SampleGenerator generator = new SampleGenerator(corpus, tokenCount(output), options);
        try (Progress progress = output.progress("samples", Progress.Unit.SAMPLES)) {
            SampleFile.write(target, generator, samples, done -> progress.update(done, samples, ""));
        }
        Result result = new Result(samples, corpus.paragraphs().size(), target.toString());
        if (output.isJson()) {
            output.json(result);
        } else {
            output.line(result.samples + " samples from " + result.paragraphs + " paragraphs: " + target);
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
