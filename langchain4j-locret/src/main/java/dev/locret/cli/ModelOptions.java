package dev.locret.cli;

import dev.locret.engine.EngineOptions;
import java.nio.file.Path;
import picocli.CommandLine.Option;

/** Which model, and on what it runs. */
final class ModelOptions {
    @Option(
            names = {"-m", "--model"},
            required = true,
            paramLabel = "MODEL",
            description = "GGUF file, safetensors file or directory, or hf:owner/name[@revision][/file].")
    private String model;

    @Option(
            names = "--heads",
            paramLabel = "HEADS",
            description = "Retaining heads trained for the model: safetensors or .bin, path or hf: source.")
    private String heads;

    @Option(
            names = "--device",
            paramLabel = "DEVICE",
            defaultValue = "auto",
            description = "auto, cpu, cuda or cuda:N (default: ${DEFAULT-VALUE}, which is the CPU).")
    private String device;

    @Option(names = "--threads", paramLabel = "N", description = "Threads that compute (default: all processors).")
    private int threads;

    /** The model as the user named it. */
    String model() {
        return model;
    }

    /** The device as the user named it. */
    String device() {
        return device;
    }

    /** Fetches what is not on this machine yet. */
    EngineOptions.Builder engineOptions(Output output) {
        Path path = Sources.resolve(model, output);
        EngineOptions.Builder options =
                EngineOptions.builder(path).device(device).threads(threads);
        if (heads != null) {
            options.headsPath(Sources.resolve(heads, output));
        }
        return options;
    }
}
