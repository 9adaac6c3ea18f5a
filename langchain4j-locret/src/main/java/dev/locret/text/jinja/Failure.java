package dev.locret.text.jinja;

/** What went wrong, before the line is known; {@link JinjaTemplate} turns it into an error that says where. */
class Failure extends RuntimeException {
    private static final long serialVersionUID = 1L;

    Failure(String message) {
        super(message, null, false, false);
    }

    /** The template refused its input by {@code raise_exception}. */
    static final class Raised extends Failure {
        private static final long serialVersionUID = 1L;

        Raised(String words) {
            super(words);
        }
    }
}
