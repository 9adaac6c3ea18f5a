package dev.locret.cli;

import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** What can be done with files of trained heads. */
@Command(
        name = "heads",
        description = "Show and convert files of trained heads: Locret, APB, TrimKV, KVzap.",
        mixinStandardHelpOptions = true,
        versionProvider = Version.class,
        subcommands = {HeadsInfoCommand.class, HeadsConvertCommand.class})
final class HeadsCommand implements Runnable {
    @Spec
    private CommandSpec spec;

    @Override
    public void run() {
        throw new ParameterException(spec.commandLine(), "Missing command");
    }
}
