package dev.locret.cli;

import dev.locret.common.Checks;
import dev.locret.engine.EngineOptions;
import picocli.CommandLine.Option;

/** Whether documents are read for their question. */
final class QuestionAwareOptions {
    @Option(
            names = "--question-aware",
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
        Checks.argument(
                on || heads == null,
                () -> "--question-aware-heads is used with --question-aware only: question-aware-heads=" + heads
                        + ", question-aware=false");
        return heads != null ? options.questionAwareHeadsPath(Sources.resolve(heads, output)) : options;
    }
}
