package dev.locret.cli;

import dev.locret.common.Checks;
import dev.locret.engine.EngineOptions;
import dev.locret.train.TrainingOptions;
import dev.locret.train.TrainingRun;
import java.nio.file.Path;
import java.util.List;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Trains retaining heads. */
@Command(
        name = "train",
        description = "Train retaining heads for a model on your own documents.",
        footer = {
            "",
            "Data: JSON lines {\"context\", \"question\", \"answer\"}, {\"context\", \"questions\": [{\"question\", "
                    + "\"answer\"}]} or {\"messages\": [{\"role\", \"content\"}]}, the last by the assistant.",
            "--heads goes on from heads that exist."
        })
final class TrainCommand extends LocretCommand {
    @Mixin
    private ModelOptions model;

    @Mixin
    private RecipeOptions recipe;

    @Option(
            names = "--data",
            required = true,
            arity = "1..*",
            paramLabel = "FILE",
            description = "Samples, JSON lines.")
    private List<Path> data;

    @Option(
            names = {"-o", "--output"},
            required = true,
            paramLabel = "FILE",
            description = "Where the heads go, as safetensors.")
    private Path target;

    @Option(
            names = "--max-tokens",
            paramLabel = "N",
            defaultValue = "4096",
            description = "Longest sample, longer ones are left out (default: ${DEFAULT-VALUE}).")
    private int maxTokens;

    @Option(
            names = "--max-answer-tokens",
            paramLabel = "N",
            defaultValue = "512",
            description = "Longest answer, samples with a longer one are left out (default: ${DEFAULT-VALUE}).")
    private int maxAnswerTokens;

    @Option(
            names = "--min-context-tokens",
            paramLabel = "N",
            defaultValue = "100",
            description = "Shortest context, shorter ones are left out: the local tokens of a prompt are never evicted"
                    + " (default: ${DEFAULT-VALUE}).")
    private int minContextTokens;

    @Option(
            names = "--question-first",
            description = "Train for prompts that are read for their question (--question-aware): it stands in front of"
                    + " its context too, and each question is a sample of its own.")
    private boolean questionFirst;

    @Option(
            names = "--seed",
            paramLabel = "N",
            defaultValue = "1",
            description = "Seed of new heads and of the order of samples (default: ${DEFAULT-VALUE}).")
    private long seed;

    @Option(
            names = "--checkpoint-every",
            paramLabel = "N",
            defaultValue = "25",
            description =
                    "Steps between checkpoints, written beside the heads, 0 for none (default: ${DEFAULT-VALUE}).")
    private int checkpointEvery;

    @Option(names = "--resume", description = "Go on from the checkpoint beside the heads, if there is one.")
    private boolean resume;

    @Override
    void run(Output output) {
        EngineOptions options = model.engineOptions(output).build();
        int threads = options.threads() == 0 ? Runtime.getRuntime().availableProcessors() : options.threads();
        Checks.inRange("threads", threads, 1, 1024);
        TrainingOptions training = new TrainingOptions(
                options.modelPath(),
                options.headsPath(),
                data,
                target,
                options.device(),
                threads,
                recipe.recipe(),
                recipe.hidden(),
                maxTokens,
                Math.min(maxAnswerTokens, maxTokens),
                minContextTokens,
                questionFirst,
                seed,
                checkpointEvery,
                resume);
        try (TrainingDisplay display =
                new TrainingDisplay(output, recipe.recipe().steps())) {
            new TrainingRun(training, display).run();
            display.finish(target);
        }
    }
}
