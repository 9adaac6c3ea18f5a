package dev.locret.samples.corpus;

import java.util.LinkedHashSet;
import java.util.Set;

/** Spark wraps what went wrong, and puts stack traces of other machines into its messages. */
final class Failures {
    private Failures() {}

    /** The first line of each cause's message. */
    static String inShort(Throwable failure) {
        Set<String> lines = new LinkedHashSet<>();
        for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
            String message = cause.getMessage() == null ? cause.getClass().getName() : cause.getMessage();
            lines.add(message.lines().findFirst().orElse(""));
        }
        return String.join("; ", lines);
    }
}
