package dev.locret.engine;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Counts what happens to requests and tells it. */
final class EngineMonitor {
    private static final Logger LOG = LoggerFactory.getLogger(EngineMonitor.class);

    private final List<EngineEvents> listeners = new CopyOnWriteArrayList<>();
    private long queued;
    private long rejected;
    private long started;
    private long finished;
    private long failed;
    private long waitedNanos;
    private long textTokens;
    private long cachedTokens;
    private long reuses;
    private long outputTokens;

    void add(EngineEvents events) {
        listeners.add(events);
    }

    void queued(int waiting) {
        synchronized (this) {
            queued++;
        }
        tell(events -> events.onQueued(waiting));
    }

    void rejected() {
        synchronized (this) {
            rejected++;
        }
        tell(EngineEvents::onRejected);
    }

    void started(Duration waited, int tokens, int cached) {
        synchronized (this) {
            started++;
            waitedNanos += waited.toNanos();
            textTokens += tokens;
            cachedTokens += cached;
            reuses += cached > 0 ? 1 : 0;
        }
        tell(events -> events.onStarted(waited, cached));
    }

    /** Exactly one of result and failure is not null. */
    void ended(GenerationResult result, Throwable failure, Duration passed) {
        synchronized (this) {
            finished += result == null ? 0 : 1;
            failed += result == null ? 1 : 0;
            outputTokens += result == null ? 0 : result.outputTokens();
        }
        tell(events -> {
            if (result != null) {
                events.onFinished(result);
            } else {
                events.onFailed(failure, passed);
            }
        });
    }

    private void tell(Consumer<EngineEvents> event) {
        for (EngineEvents listener : listeners) {
            try {
                event.accept(listener);
            } catch (RuntimeException e) {
                LOG.warn("A listener of engine events failed", e);
            }
        }
    }

    synchronized EngineStatus.Totals totals() {
        return new EngineStatus.Totals(
                queued,
                rejected,
                started,
                finished,
                failed,
                Duration.ofNanos(waitedNanos),
                textTokens,
                cachedTokens,
                reuses,
                outputTokens);
    }
}
