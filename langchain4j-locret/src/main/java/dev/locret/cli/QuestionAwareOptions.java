package dev.locret.cli;

import dev.locret.common.Checks;
import dev.locret.engine.EngineOptions;
import java.nio.file.Path;
import picocli.CommandLine.Option;

/** Whether documents are read for their question. */
final class QuestionAwareOptions {
    @Option(
            names = {"--question-aware", "--question-first"},
            description =
                    "Put the question in front of documents that exceed the budget too, so that it decides what is"
                            + " kept of them.")
    private boolean on;

    @Option(
            names = "--question-aware-heads",
            paramLabel = "HEADS",
            description = "Retaining heads trained with the question in front, for --question-aware (default: those of"
                    + " --heads).")
    private String heads;

    boolean isOn() {
        return on;
    }

    EngineOptions.Builder applyTo(EngineOptions.Builder options, Output output) {
        Path path = headsPath(output);
        return path != null ? options.questionAwareHeadsPath(path) : options;
    }

    /** Heads of their own for prompts with the question in front, or null. */
    Path headsPath(Output output) {
        Checks.argument(
                on || heads == null,
                () -> "--question-aware-heads is used with --question-aware only: question-aware-heads=" + heads
                        + ", question-aware=false");
        return heads == null ? null : Sources.resolve(heads, output);
    }
}
