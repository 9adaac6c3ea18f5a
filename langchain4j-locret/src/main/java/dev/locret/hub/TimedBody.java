package dev.locret.hub;

import java.io.Closeable;
import java.io.IOException;
import java.net.http.HttpResponse;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Flow;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;

/**
 * Body of an answer, pulled part by part with a limit of silence. The JDK's own stream waits forever on a server that
 * stops sending without closing the connection.
 */
final class TimedBody implements HttpResponse.BodySubscriber<TimedBody>, Closeable {
    /** What the connection reported: data, a failure, or, with neither, the end. */
    private record Event(List<ByteBuffer> data, Throwable failure) {}

    private static final Event END = new Event(List.of(), null);

    private final Duration silence;
    // Never more than two entries: the next part is asked for when one is taken.
    private final BlockingQueue<Event> events = new LinkedBlockingQueue<>();
    private final ArrayDeque<ByteBuffer> ready = new ArrayDeque<>();
    private volatile Flow.Subscription subscription;

    TimedBody(Duration silence) {
        this.silence = silence;
    }

    /**
     * The next part, never empty, or null at the end.
     *
     * @throws IOException if the connection is cut or silent for too long
     */
    ByteBuffer next() throws IOException, InterruptedException {
        while (ready.isEmpty()) {
            Event event = events.poll(silence.toMillis(), TimeUnit.MILLISECONDS);
            if (event == null) {
                throw new IOException("silent for " + silence.toMillis() + " ms");
            }
            if (event == END) {
                events.add(END);
                return null;
            }
            if (event.failure() != null) {
                throw new IOException(event.failure().getMessage(), event.failure());
            }
            event.data().stream().filter(ByteBuffer::hasRemaining).forEach(ready::add);
            subscription.request(1);
        }
        return ready.remove();
    }

    /** Drops the rest, and with it the connection. */
    @Override
    public void close() {
        if (subscription != null) {
            subscription.cancel();
        }
    }

    @Override
    public CompletionStage<TimedBody> getBody() {
        return CompletableFuture.completedFuture(this);
    }

    @Override
    public void onSubscribe(Flow.Subscription newSubscription) {
        subscription = newSubscription;
        newSubscription.request(1);
    }

    @Override
    public void onNext(List<ByteBuffer> data) {
        events.add(new Event(data, null));
    }

    @Override
    public void onError(Throwable failure) {
        events.add(new Event(List.of(), failure));
    }

    @Override
    public void onComplete() {
        events.add(END);
    }
}
