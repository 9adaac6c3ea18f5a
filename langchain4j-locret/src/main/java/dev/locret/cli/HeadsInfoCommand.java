package dev.locret.cli;

import dev.locret.eviction.ScoringHeads;
import dev.locret.format.HeadsFile;
import dev.locret.format.ModelFiles;
import java.nio.file.Path;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Tells what a file of heads holds. */
@Command(
        name = "info",
        description = "Show kind, shapes and metadata of trained heads.",
        footer = {
            "",
            "--json prints {\"heads\", \"kind\", \"layers\", \"layer0\": {NAME: SHAPE}, \"tensors\": {TYPE: {\"count\", "
                    + "\"bytes\"}}, \"metadata\"}."
        })
final class HeadsInfoCommand extends LocretCommand {
    @Parameters(paramLabel = "HEADS", description = "Safetensors or PyTorch file, path or hf: source.")
    private String heads;

    @Option(
            names = {"-m", "--model"},
            paramLabel = "MODEL",
            description = "Fail unless the heads have the shapes of this model.")
    private String model;

    @Override
    void run(Output output) {
        Path path = Sources.resolve(heads, output);
        HeadsReport report = HeadsReport.of(path);
        if (model != null) {
            try (ModelFiles files = ModelFiles.open(Sources.resolve(model, output))) {
                ScoringHeads.of(HeadsFile.open(path), files.weights().config(), path.toString());
            }
        }
        if (output.isJson()) {
            output.json(report);
        } else {
            report.lines().forEach(output::line);
        }
    }
}
