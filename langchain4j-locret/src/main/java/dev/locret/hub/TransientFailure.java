package dev.locret.hub;

import java.time.Duration;

/** An attempt that failed in a way that may pass: a cut, a timeout, 408, 429, 5xx. */
final class TransientFailure extends Exception {
    private static final long serialVersionUID = 1L;

    private final Duration retryAfter;
    private final boolean progressed;

    /**
     * @param retryAfter what the server asked for; zero where it did not
     * @param progressed whether the attempt brought enough to be worth a fresh count of retries
     */
    TransientFailure(String message, Throwable cause, Duration retryAfter, boolean progressed) {
        super(message, cause);
        this.retryAfter = retryAfter;
        this.progressed = progressed;
    }

    TransientFailure(String message, Throwable cause) {
        this(message, cause, Duration.ZERO, false);
    }

    Duration retryAfter() {
        return retryAfter;
    }

    boolean progressed() {
        return progressed;
    }
}
