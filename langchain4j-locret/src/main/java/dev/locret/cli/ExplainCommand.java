package dev.locret.cli;

import dev.locret.engine.LocretEngine;
import dev.locret.engine.ModelText;
import dev.locret.eval.Explanation;
import dev.locret.format.ModelFiles;
import java.nio.file.Path;
import java.util.Map;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Shows what a policy keeps of a document. */
@Command(
        name = "explain",
        description = "Ask a document a question and show on a page which passages the cache had kept.",
        footer = {"", "--json prints {\"answer\", \"output\"}."})
final class ExplainCommand extends LocretCommand {
    @Mixin
    private ModelOptions model;

    @Mixin
    private CacheOptions cache;

    @Option(
            names = {"-d", "--document"},
            required = true,
            paramLabel = "FILE",
            description = "Text, Markdown, HTML or PDF.")
    private Path document;

    @Option(
            names = {"-q", "--question"},
            required = true,
            paramLabel = "TEXT",
            description = "The question, which is the local part.")
    private String question;

    @Option(
            names = {"-o", "--output"},
            paramLabel = "FILE",
            defaultValue = "explanation.html",
            description = "Where the page goes (default: ${DEFAULT-VALUE}).")
    private Path target;

    @Option(
            names = "--max-output-tokens",
            paramLabel = "N",
            defaultValue = "64",
            description = "Most tokens of the answer (default: ${DEFAULT-VALUE}).")
    private int maxOutputTokens;

    @Override
    void run(Output output) {
        String text = DocumentReader.read(document);
        try (LocretEngine engine = LocretEngine.load(cache.applyTo(model.engineOptions(output))
                .localTokens(localTokens(output))
                .build())) {
            Explanation explanation = Explanation.of(engine, text, question, maxOutputTokens);
            TextFiles.write(target, explanation.html());
            if (output.isJson()) {
                output.json(Map.of("answer", explanation.answer(), "output", target.toString()));
            } else {
                output.line(explanation.answer());
                output.line("page: " + target);
            }
        }
    }

    private int localTokens(Output output) {
        try (ModelFiles files =
                ModelFiles.open(model.engineOptions(output).build().modelPath())) {
            ModelText text = ModelText.load(files);
            return Explanation.localTokens(text.tokenizer(), text.template(), question);
        }
    }
}
