package dev.locret.cli;

import dev.locret.common.ErrorId;
import dev.locret.common.LocretException;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;

/** Lines of a file or pipe, in UTF-8. An interrupt ends the program there, as in any other. */
final class PipedInput implements ChatInput {
    private final BufferedReader lines;

    PipedInput(InputStream in) {
        lines = new BufferedReader(new InputStreamReader(in, StandardCharsets.UTF_8));
    }

    @Override
    public String readLine() {
        try {
            return lines.readLine();
        } catch (IOException e) {
            throw new LocretException(ErrorId.FILE_NOT_READABLE, "chat: standard input cannot be read (" + e + ")", e);
        }
    }

    @Override
    public Runnable onInterrupt(Runnable action) {
        return () -> {};
    }

    @Override
    public boolean isInteractive() {
        return false;
    }

    /** Standard input stays open: it is not ours. */
    @Override
    public void close() {}
}
