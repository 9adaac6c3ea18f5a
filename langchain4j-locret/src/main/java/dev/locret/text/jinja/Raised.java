package dev.locret.text.jinja;

/** The template refused its input by {@code raise_exception}; the message is its own words. */
public final class Raised extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private final int line;

    Raised(String words, int line) {
        super(words);
        this.line = line;
    }

    /** The line of the template that raised. */
    public int line() {
        return line;
    }
}
