package dev.locret.cli;

import java.nio.file.Path;
import java.util.Map;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

/** Downloads a model and prints where it is. */
@Command(
        name = "pull",
        description = "Download a model into Hugging Face's cache and print its path.",
        footer = {"", "Heeds HF_TOKEN, HF_ENDPOINT, HF_HOME, HF_HUB_CACHE and HF_HUB_OFFLINE."})
final class PullCommand extends LocretCommand {
    @Parameters(paramLabel = "SOURCE", description = "hf:owner/name[@revision][/file], or a path.")
    private String source;

    @Override
    void run(Output output) {
        Path path = Sources.resolve(source, output).toAbsolutePath();
        if (output.isJson()) {
            output.json(Map.of("path", path.toString()));
        } else {
            output.line(path.toString());
        }
    }
}
