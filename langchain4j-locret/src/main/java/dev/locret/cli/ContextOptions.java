package dev.locret.cli;

import dev.locret.common.Checks;
import dev.locret.engine.EngineOptions;
import java.nio.file.Path;
import picocli.CommandLine.Option;

/** What was read before, under a name. */
final class ContextOptions {
    @Option(
            names = "--context",
            paramLabel = "NAME",
            description = "Keep what is read of the documents under this name, or without documents ask what was kept.")
    private String name;

    @Option(names = "--contexts", paramLabel = "DIR", description = "Directory of what is kept, for --context.")
    private Path directory;

    boolean isOn() {
        return name != null;
    }

    String name() {
        return name;
    }

    EngineOptions.Builder applyTo(EngineOptions.Builder options) {
        Checks.argument(
                (name == null) == (directory == null),
                () -> "--context and --contexts are used together: context=" + name + ", contexts=" + directory);
        return directory != null ? options.contextsDirectory(directory) : options;
    }
}
