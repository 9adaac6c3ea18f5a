package dev.locret.cli;

import dev.locret.engine.GenerationListener;
import java.util.Locale;

/** One answer as it comes: how far the prompt is read, then the text. */
final class AnswerStream implements GenerationListener, AutoCloseable {
    private final Output output;
    private final Progress reading;
    private final StringBuffer text = new StringBuffer();
    private boolean closed;

    AnswerStream(Output output) {
        this.output = output;
        this.reading = output.progress("reading", Progress.Unit.TOKENS);
    }

    @Override
    public void onRead(int tokensRead, int promptTokens, int entriesKept, double tokensPerSecond) {
        String note = String.format(Locale.ROOT, "%d entries kept, %.0f tokens/s", entriesKept, tokensPerSecond);
        reading.update(tokensRead, promptTokens, note);
    }

    @Override
    public void onText(String piece) {
        close();
        text.append(piece);
        if (!output.isJson()) {
            output.text(piece);
        }
    }

    /** What came so far. */
    String text() {
        return text.toString();
    }

    /** Ends the progress display. */
    @Override
    public synchronized void close() {
        if (!closed) {
            closed = true;
            reading.close();
        }
    }
}
