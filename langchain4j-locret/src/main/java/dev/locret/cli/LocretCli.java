package dev.locret.cli;

import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.PrintWriter;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.HelpCommand;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** The command line: one class a command; this one only puts them together. */
@Command(
        name = "locret",
        description = "Reads contexts of any length in a KV cache of fixed size.",
        mixinStandardHelpOptions = true,
        versionProvider = Version.class,
        subcommands = {
            AskCommand.class,
            ChatCommand.class,
            PullCommand.class,
            InspectCommand.class,
            DoctorCommand.class,
            TraceCommand.class,
            BenchCommand.class,
            TrainCommand.class,
            TrainDataCommand.class,
            HeadsCommand.class,
            EvalCommand.class,
            TuneCommand.class,
            ExplainCommand.class,
            CompletionCommand.class,
            HelpCommand.class
        },
        footer = {
            "",
            "Exit codes: 0 done, 1 failed, 2 called wrongly. An error is one line on standard error, "
                    + "'locret: ID: MESSAGE'; with --json also {\"error\": {\"id\", \"message\"}} on standard output.",
            "LOCRET_JAVA_OPTS holds options for Java, such as -Xmx8g; -Dlocret.debug=true adds stack traces."
        })
public final class LocretCli implements Runnable {
    @Spec
    private CommandSpec spec;

    /** A call without a command is a mistake. */
    @Override
    public void run() {
        throw new ParameterException(spec.commandLine(), "Missing command");
    }

    /** All commands, reporting errors as the help says. */
    public static CommandLine commandLine() {
        CommandLine line = new CommandLine(new LocretCli());
        CommandErrors errors = new CommandErrors();
        return line.setParameterExceptionHandler(errors)
                .setExecutionExceptionHandler(errors)
                .setCaseInsensitiveEnumValuesAllowed(true)
                .setUsageHelpAutoWidth(true);
    }

    /** Runs one command and ends the process with its exit code. */
    public static void main(String[] args) {
        CommandLine line = commandLine();
        line.setOut(writer(FileDescriptor.out)).setErr(writer(FileDescriptor.err));
        int status = line.execute(args);
        line.getOut().flush();
        line.getErr().flush();
        System.exit(status);
    }

    /** UTF-8 whatever the locale, which in a container is often POSIX; a Windows console has a code page of its own. */
    private static PrintWriter writer(FileDescriptor descriptor) {
        boolean windowsConsole =
                System.console() != null && System.getProperty("os.name").startsWith("Windows");
        Charset charset = windowsConsole ? System.console().charset() : StandardCharsets.UTF_8;
        return new PrintWriter(new FileOutputStream(descriptor), true, charset);
    }
}
