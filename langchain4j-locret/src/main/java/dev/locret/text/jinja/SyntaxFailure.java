package dev.locret.text.jinja;

/** A template that cannot be parsed, with its line. */
final class SyntaxFailure extends RuntimeException {
    private static final long serialVersionUID = 1L;

    final int line;

    SyntaxFailure(int line, String message) {
        super(message, null, false, false);
        this.line = line;
    }
}
