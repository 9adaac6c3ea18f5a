package dev.locret.eval;

import java.io.IOException;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.util.List;
import java.util.Map;
import java.util.Properties;

/** An {@code application.properties} for the Spring Boot starter. */
public final class StarterProperties {
    private static final String PREFIX = "langchain4j.locret.";

    private StarterProperties() {}

    /**
     * The file's text.
     *
     * @param comments lines that explain it
     * @param values values by the names of properties without their prefix
     */
    public static String text(List<String> comments, Map<String, String> values) {
        StringBuilder text = new StringBuilder();
        for (String comment : comments) {
            // Names of files are in it, which may hold anything.
            text.append(("# " + comment.replaceAll("\\p{Cntrl}", " ")).stripTrailing())
                    .append('\n');
        }
        values.forEach((name, value) -> text.append(line(PREFIX + name, value)).append('\n'));
        return text.toString();
    }

    /** Escaped as {@link Properties} reads it. */
    private static String line(String name, String value) {
        Properties property = new Properties();
        property.setProperty(name, value);
        StringWriter stored = new StringWriter();
        try {
            property.store(stored, null);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        // The first line is a comment with the date.
        return stored.toString().lines().skip(1).findFirst().orElseThrow();
    }
}
