package dev.locret.samples.corpus;

/** A document that cannot be asked anything; the message says why and becomes its row's error. */
final class UnreadableException extends Exception {
    private static final long serialVersionUID = 1L;

    UnreadableException(String message) {
        super(message);
    }
}
