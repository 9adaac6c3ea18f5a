package dev.locret.cli;

import dev.locret.common.ErrorId;
import dev.locret.common.LocretException;
import java.util.Arrays;
import java.util.Map;
import picocli.CommandLine;
import picocli.CommandLine.IExecutionExceptionHandler;
import picocli.CommandLine.IParameterExceptionHandler;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ParseResult;

/** Prints an error as one line with its id, and as JSON where that was asked for; chooses the exit code. */
final class CommandErrors implements IExecutionExceptionHandler, IParameterExceptionHandler {
    /** Something failed. */
    static final int FAILED = 1;
    /** The command was called wrongly. */
    static final int USAGE = 2;

    private static final String INTERNAL = "internal-error";

    @Override
    public int handleParseException(ParameterException error, String[] args) {
        CommandLine command = error.getCommandLine();
        String hint = " (see '" + command.getCommandSpec().qualifiedName() + " --help')";
        report(
                command,
                ErrorId.INVALID_ARGUMENT.id(),
                error.getMessage() + hint,
                Arrays.asList(args).contains(LocretCommand.JSON));
        return USAGE;
    }

    @Override
    public int handleExecutionException(Exception error, CommandLine command, ParseResult parsed) {
        boolean json = command.getParseResult().hasMatchedOption(LocretCommand.JSON);
        if (Boolean.getBoolean("locret.debug")) {
            error.printStackTrace(command.getErr());
        }
        if (error instanceof LocretException known) {
            report(command, known.id().id(), known.getMessage(), json);
            return known.id() == ErrorId.INVALID_ARGUMENT ? USAGE : FAILED;
        }
        report(command, INTERNAL, error.toString(), json);
        return FAILED;
    }

    /** As {@code --json} prints it. */
    private record Report(String id, String message) {}

    private static void report(CommandLine command, String id, String message, boolean json) {
        command.getErr().println(line(id, message));
        command.getErr().flush();
        if (json) {
            command.getOut().println(Output.toJson(Map.of("error", new Report(id, message))));
            command.getOut().flush();
        }
    }

    /** An error as it is printed. Names and templates in messages come from files, which may hold anything. */
    static String line(String id, String message) {
        return "locret: " + id + ": "
                + String.valueOf(message).replaceAll("[\\p{Cntrl}\\s]+", " ").strip();
    }
}
