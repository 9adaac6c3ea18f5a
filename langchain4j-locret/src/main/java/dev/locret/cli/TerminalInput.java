package dev.locret.cli;

import dev.locret.common.ErrorId;
import dev.locret.common.LocretException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.Optional;
import org.jline.reader.EndOfFileException;
import org.jline.reader.LineReader;
import org.jline.reader.LineReaderBuilder;
import org.jline.reader.UserInterruptException;
import org.jline.terminal.Terminal;
import org.jline.terminal.Terminal.Signal;
import org.jline.terminal.Terminal.SignalHandler;
import org.jline.terminal.TerminalBuilder;

/** Lines typed on a terminal, with editing and a history that outlives the program. */
final class TerminalInput implements ChatInput {
    private static final String PROMPT = "> ";

    private final Terminal terminal;
    private final LineReader reader;

    TerminalInput() {
        try {
            terminal = TerminalBuilder.builder().system(true).build();
        } catch (IOException e) {
            throw new LocretException(ErrorId.FILE_NOT_READABLE, "chat: the terminal cannot be opened (" + e + ")", e);
        }
        reader = LineReaderBuilder.builder()
                .terminal(terminal)
                .appName("locret")
                .variable(LineReader.HISTORY_FILE, historyFile())
                // An exclamation mark is part of what people write.
                .option(LineReader.Option.DISABLE_EVENT_EXPANSION, true)
                .build();
    }

    private static Path historyFile() {
        return Optional.ofNullable(System.getenv("XDG_STATE_HOME"))
                .filter(directory -> !directory.isEmpty())
                .map(Path::of)
                .orElseGet(() -> Path.of(System.getProperty("user.home"), ".local", "state"))
                .resolve(Path.of("locret", "chat-history"));
    }

    /** Ctrl-C drops the line, Ctrl-D ends. */
    @Override
    public String readLine() {
        while (true) {
            try {
                return reader.readLine(PROMPT);
            } catch (UserInterruptException e) {
                terminal.writer().println("(/exit or Ctrl-D to leave)");
            } catch (EndOfFileException e) {
                return null;
            }
        }
    }

    @Override
    public boolean isInteractive() {
        return true;
    }

    @Override
    public Runnable onInterrupt(Runnable action) {
        SignalHandler before = terminal.handle(Signal.INT, signal -> action.run());
        return () -> terminal.handle(Signal.INT, before);
    }

    @Override
    public void close() {
        try {
            reader.getHistory().save();
            terminal.close();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
