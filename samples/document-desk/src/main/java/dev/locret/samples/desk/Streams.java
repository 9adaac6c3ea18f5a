package dev.locret.samples.desk;

import jakarta.annotation.PreDestroy;
import java.io.IOException;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.springframework.http.MediaType;
import org.springframework.stereotype.Component;
import org.springframework.web.servlet.mvc.method.annotation.SseEmitter;

/** Server-sent events that a clock sends. */
@Component
class Streams {
    private static final int INTERVAL_MS = 300;

    private final ScheduledExecutorService clock = Executors.newScheduledThreadPool(2);

    /** Lets an answer notice within a second that nobody reads it, also before its first word. */
    void watch(Answer answer) {
        ScheduledFuture<?>[] beats = new ScheduledFuture<?>[1];
        beats[0] = clock.scheduleWithFixedDelay(
                () -> {
                    answer.beat();
                    if (answer.isOver()) {
                        beats[0].cancel(false);
                    }
                },
                INTERVAL_MS,
                INTERVAL_MS,
                TimeUnit.MILLISECONDS);
    }

    /** Sends progress until the document is read, or could not be. */
    SseEmitter follow(Supplier<Progress> progress) {
        SseEmitter emitter = new SseEmitter(0L);
        ScheduledFuture<?> sending = clock.scheduleWithFixedDelay(
                () -> {
                    try {
                        Progress now = progress.get();
                        emitter.send(SseEmitter.event().name("progress").data(now, MediaType.APPLICATION_JSON));
                        if (now.state() != DeskDocument.State.READING) {
                            emitter.complete();
                        }
                    } catch (IOException | RuntimeException e) {
                        // The reader has left, the document was removed, or the database is down: a browser asks
                        // again and is told which. What is thrown here ends the repetition.
                        emitter.complete();
                        throw new IllegalStateException("no more progress to send", e);
                    }
                },
                0,
                INTERVAL_MS,
                TimeUnit.MILLISECONDS);
        emitter.onCompletion(() -> sending.cancel(false));
        emitter.onError(failure -> sending.cancel(false));
        return emitter;
    }

    @PreDestroy
    void close() {
        clock.shutdownNow();
    }
}
