package dev.locret.hub;

import dev.locret.common.ErrorId;
import dev.locret.common.LocretException;
import java.time.Duration;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Runs an attempt until it succeeds, fails for good, or the retries are used up. */
final class Retry {
    private static final Logger LOG = LoggerFactory.getLogger(Retry.class);

    /** Waits; tests record instead. */
    @FunctionalInterface
    interface Sleeper {
        void sleep(Duration duration) throws InterruptedException;
    }

    /** One try. */
    @FunctionalInterface
    interface Attempt<T> {
        T run() throws TransientFailure;
    }

    private final int retries;
    private final Duration firstWait;
    private final Duration longestWait;
    private final Sleeper sleeper;

    Retry(HubConfig config, Sleeper sleeper) {
        this.retries = config.retries();
        this.firstWait = config.firstWait();
        this.longestWait = config.longestWait();
        this.sleeper = sleeper;
    }

    /**
     * @param what names the thing that is fetched, for messages
     * @throws LocretException {@link ErrorId#DOWNLOAD} with the last failure when retries are used up
     */
    <T> T call(String what, Attempt<T> attempt) {
        for (int failures = 0; ; ) {
            try {
                return attempt.run();
            } catch (TransientFailure e) {
                failures = e.progressed() ? 1 : failures + 1;
                if (failures > retries) {
                    throw new LocretException(
                            ErrorId.DOWNLOAD,
                            "hub: gave up after " + failures + " attempts: " + e.getMessage() + ": " + what,
                            e);
                }
                Duration wait = wait(failures, e.retryAfter());
                LOG.warn("hub: {}; trying again in {} ms: {}", e.getMessage(), wait.toMillis(), what);
                sleep(wait, what);
            }
        }
    }

    private Duration wait(int failures, Duration retryAfter) {
        // 2^16 first waits are beyond any sensible limit; more would overflow.
        Duration backoff = firstWait.multipliedBy(1L << Math.min(failures - 1, 16));
        Duration wanted = retryAfter.compareTo(backoff) > 0 ? retryAfter : backoff;
        return wanted.compareTo(longestWait) > 0 ? longestWait : wanted;
    }

    private void sleep(Duration wait, String what) {
        try {
            sleeper.sleep(wait);
        } catch (InterruptedException e) {
            throw cancelled(what, e);
        }
    }

    /** Keeps the interrupt for callers above. */
    static LocretException cancelled(String what, Exception cause) {
        Thread.currentThread().interrupt();
        return new LocretException(ErrorId.CANCELLED, "hub: interrupted: " + what, cause);
    }
}
