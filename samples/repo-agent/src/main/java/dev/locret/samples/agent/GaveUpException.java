package dev.locret.samples.agent;

/** The model called tools as often as it was allowed to, and did not answer. */
final class GaveUpException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    GaveUpException(int calls) {
        super("gave up: the model does not answer after " + calls + " calls");
    }
}
