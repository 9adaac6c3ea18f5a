package dev.locret.cli;

import java.util.Map;
import picocli.AutoComplete;
import picocli.CommandLine.Command;

/** Prints a completion script. */
@Command(
        name = "completion",
        description = "Print a completion script for bash and zsh.",
        footer = {"", "For example: source <(locret completion)"})
final class CompletionCommand extends LocretCommand {
    @Override
    void run(Output output) {
        String script = AutoComplete.bash("locret", spec().root().commandLine());
        if (output.isJson()) {
            output.json(Map.of("script", script));
        } else {
            output.text(script);
        }
    }
}
