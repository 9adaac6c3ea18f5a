package dev.locret.engine;

import dev.locret.cache.CacheSnapshot;
import dev.locret.common.ErrorId;
import dev.locret.common.LocretException;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.function.BiConsumer;
import java.util.function.Consumer;
import java.util.function.LongSupplier;
import java.util.function.Supplier;

/**
 * A request from submission to its end. It ends once, from whatever thread comes first; the worker finds out and gives
 * up its cache.
 */
final class GenerationHandle implements Generation {
    private final GenerationRequest request;
    private final GenerationListener listener;
    private final Probe probe;
    private final ContextText context;
    private final Supplier<CacheSnapshot> contextSnapshot;
    private final SnapshotTaker taker;
    private final LongSupplier nanoTime;
    private final long submitted;
    private final CompletableFuture<GenerationResult> outcome = new CompletableFuture<>();

    /**
     * @param context what the prompt goes on after, or null
     * @param contextSnapshot the cache that reading it left, or null
     * @param taker for a prompt that is only read, else null
     */
    GenerationHandle(
            GenerationRequest request,
            GenerationListener listener,
            Probe probe,
            ContextText context,
            Supplier<CacheSnapshot> contextSnapshot,
            SnapshotTaker taker,
            LongSupplier nanoTime) {
        this.request = request;
        this.listener = listener;
        this.probe = probe;
        this.context = context;
        this.contextSnapshot = contextSnapshot;
        this.taker = taker;
        this.nanoTime = nanoTime;
        this.submitted = nanoTime.getAsLong();
    }

    GenerationRequest request() {
        return request;
    }

    Probe probe() {
        return probe;
    }

    /** What the prompt goes on after, or null. */
    ContextText context() {
        return context;
    }

    /**
     * The cache that reading the context left.
     *
     * @throws LocretException ({@code unknown-context}) if it is not there any more
     */
    CacheSnapshot contextSnapshot() {
        return contextSnapshot.get();
    }

    /** Tokens of the context and the prompt. */
    int textTokens() {
        return (context == null ? 0 : context.tokens().length) + request.promptTokens().length;
    }

    /** Who gets the cache of a prompt that is only read; null if it is answered. */
    SnapshotTaker taker() {
        return taker;
    }

    /** Runs {@code action} when it ends, whatever the way, on the thread that ends it. */
    void whenDone(BiConsumer<GenerationResult, Throwable> action) {
        outcome.whenComplete(action);
    }

    /** When it was submitted, by the engine's clock. */
    long submitted() {
        return submitted;
    }

    /** Time since it was submitted. */
    Duration passed() {
        return Duration.ofNanos(nanoTime.getAsLong() - submitted);
    }

    @Override
    public boolean isDone() {
        return outcome.isDone();
    }

    @Override
    public void cancel() {
        fail(new LocretException(ErrorId.CANCELLED, "generation: cancelled"));
    }

    @Override
    public void whenDone(Runnable action) {
        outcome.whenComplete((result, failure) -> action.run());
    }

    void complete(GenerationResult result) {
        outcome.complete(result);
    }

    void fail(RuntimeException failure) {
        outcome.completeExceptionally(failure);
    }

    /** Ends it if its time is over. */
    void expire() {
        Duration timeout = request.timeout();
        if (timeout == null || outcome.isDone()) {
            return;
        }
        Duration passed = passed();
        if (passed.compareTo(timeout) >= 0) {
            fail(new LocretException(
                    ErrorId.TIMEOUT,
                    "generation: out of time: passed=" + passed.toMillis() + " ms, timeout=" + timeout.toMillis()
                            + " ms"));
        }
    }

    /** Tells the listener, unless the generation has ended. */
    void tell(Consumer<GenerationListener> event) {
        if (!outcome.isDone()) {
            event.accept(listener);
        }
    }

    @Override
    public GenerationResult await() {
        try {
            return outcome.get();
        } catch (InterruptedException e) {
            cancel();
            Thread.currentThread().interrupt();
            throw new LocretException(ErrorId.CANCELLED, "generation: the waiting thread was interrupted", e);
        } catch (ExecutionException e) {
            // A new exception, so that its stack tells who waited; what a listener threw stays itself.
            if (e.getCause() instanceof LocretException cause) {
                throw new LocretException(cause.id(), cause.getMessage(), cause);
            }
            throw (RuntimeException) e.getCause();
        }
    }
}
