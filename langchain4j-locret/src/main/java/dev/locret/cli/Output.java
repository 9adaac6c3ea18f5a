package dev.locret.cli;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.PrintWriter;

/** Where a command writes: results to standard output, progress and notes to standard error. */
final class Output {
    private static final ObjectMapper JSON = new ObjectMapper();

    private final PrintWriter out;
    private final PrintWriter err;
    private final boolean json;
    private final boolean terminal;

    Output(PrintWriter out, PrintWriter err, boolean json, boolean terminal) {
        this.out = out;
        this.err = err;
        this.json = json;
        this.terminal = terminal;
    }

    /** Whether results are to be JSON. */
    boolean isJson() {
        return json;
    }

    /** Prints part of a line at once. */
    void text(String text) {
        out.print(text);
        out.flush();
    }

    void line(String line) {
        out.println(line);
        out.flush();
    }

    /** Prints a value as one line of JSON. */
    void json(Object value) {
        line(toJson(value));
    }

    /** Tells the user something that is not the result. */
    void note(String line) {
        err.println(line);
        err.flush();
    }

    /** A bar on a terminal, plain lines elsewhere. */
    Progress progress(String task, Progress.Unit unit) {
        return terminal ? new BarProgress(task, unit, err) : new LineProgress(task, unit, err);
    }

    static String toJson(Object value) {
        try {
            return JSON.writeValueAsString(value);
        } catch (JsonProcessingException e) {
            throw new IllegalStateException(e);
        }
    }
}
