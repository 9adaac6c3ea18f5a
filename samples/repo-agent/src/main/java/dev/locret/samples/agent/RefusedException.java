package dev.locret.samples.agent;

/** A tool was asked for what it does not do. The message is for the model, which may try again. */
final class RefusedException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    RefusedException(String message) {
        super(message);
    }
}
