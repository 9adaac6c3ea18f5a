package dev.locret.cli;

import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** What all commands share: {@code --json}, {@code --help}, and where they write. */
@Command(mixinStandardHelpOptions = true, versionProvider = Version.class)
abstract class LocretCommand implements Callable<Integer> {
    static final String JSON = "--json";

    @Spec
    private CommandSpec spec;

    @Option(names = JSON, description = "Print the result, or the error, as JSON.")
    private boolean json;

    private int status;

    @Override
    public final Integer call() {
        run(new Output(spec.commandLine().getOut(), spec.commandLine().getErr(), json, System.console() != null));
        return status;
    }

    /** Ends the command with another exit code than 0 once it is done. */
    void exitWith(int code) {
        status = code;
    }

    /** Does the work; what fails is thrown. */
    abstract void run(Output output);

    CommandSpec spec() {
        return spec;
    }
}
