package dev.locret.cli;

import dev.locret.engine.EngineOptions;
import dev.locret.engine.LocretEngine;
import dev.locret.engine.MemoryPlan;
import dev.locret.format.ModelFiles;
import java.nio.file.Path;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Tells what a model is and what it would take to run it, without loading its weights. */
@Command(name = "inspect", description = "Show a model's metadata, tensors, tokenizer, template and memory plan.")
final class InspectCommand extends LocretCommand {
    @Parameters(paramLabel = "MODEL", description = "Model file or directory, or hf:owner/name[@revision][/file].")
    private String model;

    @Option(names = "--heads", paramLabel = "HEADS", description = "Retaining heads, for the memory plan.")
    private String heads;

    @Option(
            names = "--max-sessions",
            paramLabel = "N",
            description = "Caches held at once, for the memory plan (default: 1).")
    private int maxSessions;

    @Option(
            names = "--device",
            paramLabel = "DEVICE",
            defaultValue = "cpu",
            description = "cpu, cuda or cuda:N, whose memory is planned (default: ${DEFAULT-VALUE}).")
    private String device;

    @Mixin
    private CacheOptions cache;

    @Override
    void run(Output output) {
        Path path = Sources.resolve(model, output);
        EngineOptions.Builder options =
                EngineOptions.builder(path).maxSessions(maxSessions).device(device);
        if (heads != null) {
            options.headsPath(Sources.resolve(heads, output));
        }
        ModelReport report;
        try (ModelFiles files = ModelFiles.open(path)) {
            MemoryPlan plan = LocretEngine.plan(cache.applyTo(options).build());
            report = ModelReport.of(files, plan);
        }
        if (output.isJson()) {
            output.json(report);
        } else {
            ModelReportText.lines(report).forEach(output::line);
        }
    }
}
