package dev.locret.spring.autoconfigure;

import dev.locret.common.ErrorId;
import dev.locret.common.LocretException;
import dev.locret.engine.LocretEngine;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.beans.factory.DisposableBean;
import org.springframework.context.SmartLifecycle;

/**
 * Loads an engine when it is time, has it end its requests when the application stops, and closes it with the context. Its
 * phase is below those in which a web server ends its requests, so they come first.
 *
 * <p>Safe for several threads. Loading takes none of the context's locks, so that a slow model holds up nobody but those
 * who ask for it.
 */
final class EngineLifecycle implements SmartLifecycle, DisposableBean {
    /** Of the engine that belongs to no named model. */
    static final String DEFAULT_NAME = "default";

    static final int PHASE = SmartLifecycle.DEFAULT_PHASE - 3072;

    /** What a shutdown waits for a load that it interrupted; a load that does not hear it closes its engine itself. */
    private static final Duration LOAD_END = Duration.ofMinutes(1);

    private static final Logger LOG = LoggerFactory.getLogger(EngineLifecycle.class);

    /** Where a model is. */
    enum State {
        NOT_LOADED,
        LOADING,
        READY,
        FAILED,
        CLOSED
    }

    private final String name;
    private final LoadMode mode;
    private final boolean owned;
    private final Supplier<LocretEngine> source;
    private final Duration timeout;

    private State state = State.NOT_LOADED;
    private CompletableFuture<LocretEngine> loading = new CompletableFuture<>();
    private final List<Consumer<LocretEngine>> whenReady = new ArrayList<>();
    private LocretEngine loaded;
    private Throwable failure;
    private Thread loader;
    private boolean stopped;

    private EngineLifecycle(
            String name, LoadMode mode, boolean owned, Supplier<LocretEngine> source, Duration timeout) {
        this.name = name;
        this.mode = mode;
        this.owned = owned;
        this.source = source;
        this.timeout = timeout;
    }

    /**
     * Of an engine that is loaded now, in the background or by the first call.
     *
     * @throws LocretException if it is loaded now and cannot be
     */
    static EngineLifecycle load(String name, String prefix, LocretProperties properties) {
        return load(name, properties.load(), Settings.engine(prefix, properties), properties.timeout());
    }

    static EngineLifecycle load(String name, LoadMode mode, Supplier<LocretEngine> source, Duration timeout) {
        EngineLifecycle lifecycle = new EngineLifecycle(name, mode, true, source, timeout);
        switch (mode) {
            case EAGER -> {
                lifecycle.state = State.LOADING;
                lifecycle.run();
                lifecycle.engine();
            }
            case BACKGROUND -> lifecycle.begin();
            case LAZY -> {}
        }
        return lifecycle;
    }

    /** Of an engine of the application's, which ends it itself. */
    static EngineLifecycle of(LocretEngine engine) {
        EngineLifecycle lifecycle = new EngineLifecycle(DEFAULT_NAME, LoadMode.EAGER, false, () -> engine, null);
        lifecycle.run();
        return lifecycle;
    }

    String name() {
        return name;
    }

    synchronized State state() {
        return state;
    }

    /** Whether traffic is to be kept away until the engine is there. */
    boolean holdsTraffic() {
        return mode == LoadMode.BACKGROUND && state() != State.READY;
    }

    /** The engine if it is loaded; does not load it. */
    synchronized Optional<LocretEngine> ready() {
        return state == State.READY ? Optional.of(loaded) : Optional.empty();
    }

    /** Why it could not be loaded. */
    synchronized Optional<Throwable> failure() {
        return state == State.FAILED ? Optional.of(failure) : Optional.empty();
    }

    /** Calls back with the engine, at once if it is there; never if it cannot be loaded. */
    void whenReady(Consumer<LocretEngine> action) {
        synchronized (this) {
            if (state != State.READY) {
                whenReady.add(action);
                return;
            }
        }
        action.accept(loaded);
    }

    /**
     * The engine, loaded if it must be, waiting for it as long as a request may take.
     *
     * @throws LocretException why it cannot be loaded; {@code timeout} if that takes too long, {@code closed}
     */
    LocretEngine engine() {
        CompletableFuture<LocretEngine> current = begin();
        try {
            return timeout == null ? current.get() : current.get(timeout.toMillis(), TimeUnit.MILLISECONDS);
        } catch (TimeoutException e) {
            throw new LocretException(ErrorId.TIMEOUT, "model is still loading: timeout=" + timeout, e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new LocretException(ErrorId.CANCELLED, "interrupted while the model was loading", e);
        } catch (ExecutionException e) {
            if (e.getCause() instanceof Error error) {
                throw error;
            }
            throw (RuntimeException) e.getCause();
        }
    }

    /** Starts a load unless one runs or is done. A model that a call loads is tried again when it failed. */
    private synchronized CompletableFuture<LocretEngine> begin() {
        if (state == State.FAILED && mode == LoadMode.LAZY) {
            loading = new CompletableFuture<>();
            state = State.NOT_LOADED;
        }
        if (state == State.NOT_LOADED) {
            state = State.LOADING;
            loader = new Thread(this::run, "locret-loader");
            loader.setDaemon(true);
            loader.start();
        }
        return loading;
    }

    private void run() {
        LocretEngine engine;
        try {
            engine = source.get();
        } catch (RuntimeException | Error e) {
            failed(e);
            return;
        }
        CompletableFuture<LocretEngine> current;
        List<Consumer<LocretEngine>> actions;
        synchronized (this) {
            if (state == State.CLOSED) {
                if (owned) {
                    engine.close();
                }
                return;
            }
            state = State.READY;
            loaded = engine;
            if (stopped && owned) {
                engine.drain();
            }
            current = loading;
            actions = List.copyOf(whenReady);
        }
        current.complete(engine);
        actions.forEach(action -> action.accept(engine));
    }

    private void failed(Throwable cause) {
        CompletableFuture<LocretEngine> current;
        synchronized (this) {
            current = loading;
            if (state != State.CLOSED) {
                state = State.FAILED;
                failure = cause;
            }
        }
        // What is loaded eagerly fails the start, which tells of it.
        if (mode != LoadMode.EAGER && state() == State.FAILED) {
            LOG.error("Model '{}' cannot be loaded: {}", name, cause.getMessage(), cause);
        }
        current.completeExceptionally(cause);
    }

    @Override
    public void start() {
        synchronized (this) {
            stopped = false;
        }
        if (owned) {
            ready().ifPresent(LocretEngine::acceptRequests);
        }
    }

    @Override
    public void stop() {
        stop(() -> {});
    }

    /** Refuses further requests and calls back when there are none left. */
    @Override
    public void stop(Runnable callback) {
        synchronized (this) {
            stopped = true;
        }
        ready().filter(engine -> owned)
                .map(LocretEngine::drain)
                .orElseGet(() -> CompletableFuture.completedFuture(null))
                .whenComplete((done, failure) -> callback.run());
    }

    @Override
    public synchronized boolean isRunning() {
        return !stopped && state != State.CLOSED;
    }

    @Override
    public int getPhase() {
        return PHASE;
    }

    /** Ends what runs still, and gives memory and device back. */
    @Override
    public void destroy() throws InterruptedException {
        Optional<LocretEngine> engine = ready();
        Thread interrupted;
        CompletableFuture<LocretEngine> current;
        synchronized (this) {
            state = State.CLOSED;
            interrupted = loader;
            current = loading;
        }
        if (owned) {
            engine.ifPresent(LocretEngine::close);
        }
        // Those who wait for a load that was given up, if there are any.
        current.completeExceptionally(new LocretException(ErrorId.CLOSED, "engine: closed"));
        if (interrupted != null) {
            interrupted.interrupt();
            interrupted.join(LOAD_END.toMillis());
        }
    }
}
