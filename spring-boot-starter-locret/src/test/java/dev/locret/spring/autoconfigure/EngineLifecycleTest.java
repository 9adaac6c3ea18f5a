package dev.locret.spring.autoconfigure;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.locret.common.ErrorId;
import dev.locret.common.LocretException;
import dev.locret.engine.LocretEngine;
import dev.locret.engine.ScriptedEngine;
import dev.locret.spring.autoconfigure.EngineLifecycle.State;
import dev.locret.testing.DemoEngine;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.springframework.context.SmartLifecycle;

@Timeout(120)
class EngineLifecycleTest {
    private static final LocretException DAMAGED = new LocretException(ErrorId.FILE_DAMAGED, "gguf: damaged");

    private final CompletableFuture<LocretEngine> source = new CompletableFuture<>();
    private final AtomicInteger loads = new AtomicInteger();

    private EngineLifecycle lifecycle(LoadMode mode, Duration timeout) {
        return EngineLifecycle.load(
                "default",
                mode,
                () -> {
                    loads.incrementAndGet();
                    return join();
                },
                timeout);
    }

    private LocretEngine join() {
        try {
            return source.get();
        } catch (InterruptedException e) {
            throw new LocretException(ErrorId.CANCELLED, "load interrupted", e);
        } catch (ExecutionException e) {
            throw (RuntimeException) e.getCause();
        }
    }

    private static LocretEngine engine() {
        return ScriptedEngine.load(prompt -> List.of("Paris."));
    }

    @Test
    void eagerIsThereAtOnce() throws Exception {
        source.complete(engine());
        EngineLifecycle lifecycle = lifecycle(LoadMode.EAGER, null);

        assertThat(lifecycle.state()).isEqualTo(State.READY);
        assertThat(lifecycle.ready()).containsSame(source.join());
        assertThat(lifecycle.holdsTraffic()).isFalse();
        lifecycle.destroy();
        assertThat(lifecycle.state()).isEqualTo(State.CLOSED);
        assertClosed(source.join());
    }

    @Test
    void eagerFailsWhereItIsMade() {
        source.completeExceptionally(DAMAGED);

        assertThatThrownBy(() -> lifecycle(LoadMode.EAGER, null)).isSameAs(DAMAGED);
    }

    @Test
    void backgroundLoadsByItself() throws Exception {
        EngineLifecycle lifecycle = lifecycle(LoadMode.BACKGROUND, null);
        CompletableFuture<LocretEngine> told = new CompletableFuture<>();
        lifecycle.whenReady(told::complete);

        assertThat(lifecycle.state()).isEqualTo(State.LOADING);
        assertThat(lifecycle.holdsTraffic()).isTrue();
        assertThat(told).isNotDone();
        source.complete(engine());

        assertThat(lifecycle.engine()).isSameAs(source.join());
        assertThat(told.get(60, TimeUnit.SECONDS)).isSameAs(source.join());
        assertThat(lifecycle.holdsTraffic()).isFalse();
        assertThat(loads).hasValue(1);
        lifecycle.destroy();
    }

    @Test
    void aFailureInTheBackgroundStays() {
        EngineLifecycle lifecycle = lifecycle(LoadMode.BACKGROUND, null);
        source.completeExceptionally(DAMAGED);

        assertThatThrownBy(lifecycle::engine).isSameAs(DAMAGED);
        assertThatThrownBy(lifecycle::engine).isSameAs(DAMAGED);

        assertThat(lifecycle.state()).isEqualTo(State.FAILED);
        assertThat(lifecycle.failure()).containsSame(DAMAGED);
        assertThat(lifecycle.holdsTraffic()).isTrue();
        assertThat(loads).hasValue(1);
    }

    @Test
    void lazyLoadsOnceForAllWhoAsk() throws Exception {
        EngineLifecycle lifecycle = lifecycle(LoadMode.LAZY, null);
        assertThat(lifecycle.state()).isEqualTo(State.NOT_LOADED);
        assertThat(lifecycle.holdsTraffic()).isFalse();
        CompletableFuture<LocretEngine> first = CompletableFuture.supplyAsync(lifecycle::engine);
        CompletableFuture<LocretEngine> second = CompletableFuture.supplyAsync(lifecycle::engine);

        source.complete(engine());

        assertThat(first.get(60, TimeUnit.SECONDS)).isSameAs(second.get(60, TimeUnit.SECONDS));
        assertThat(loads).hasValue(1);
        lifecycle.destroy();
    }

    @Test
    void lazyTriesAgain() throws Exception {
        AtomicInteger tries = new AtomicInteger();
        LocretEngine engine = engine();
        Supplier<LocretEngine> second = () -> {
            if (tries.incrementAndGet() == 1) {
                throw DAMAGED;
            }
            return engine;
        };
        EngineLifecycle lifecycle = EngineLifecycle.load("default", LoadMode.LAZY, second, null);
        CompletableFuture<LocretEngine> told = new CompletableFuture<>();
        lifecycle.whenReady(told::complete);

        assertThatThrownBy(lifecycle::engine).isSameAs(DAMAGED);
        assertThat(lifecycle.state()).isEqualTo(State.FAILED);
        assertThat(lifecycle.engine()).isSameAs(engine);
        assertThat(told.get(60, TimeUnit.SECONDS)).isSameAs(engine);
        lifecycle.destroy();
    }

    @Test
    void waitsAsLongAsARequestMay() throws Exception {
        EngineLifecycle lifecycle = lifecycle(LoadMode.LAZY, Duration.ofMillis(20));

        assertThatThrownBy(lifecycle::engine)
                .isInstanceOfSatisfying(
                        LocretException.class, e -> assertThat(e.id()).isEqualTo(ErrorId.TIMEOUT))
                .hasMessage("model is still loading: timeout=PT0.02S");
        lifecycle.destroy();
    }

    @Test
    void closingInTheMiddleOfALoadEndsIt() throws Exception {
        EngineLifecycle lifecycle = lifecycle(LoadMode.BACKGROUND, null);

        lifecycle.destroy();

        assertThat(lifecycle.state()).isEqualTo(State.CLOSED);
        assertThatThrownBy(lifecycle::engine).hasMessage("engine: closed");
        assertThat(lifecycle.isRunning()).isFalse();
    }

    @Test
    void anEngineThatComesTooLateIsClosed() throws Exception {
        CountDownLatch interrupted = new CountDownLatch(1);
        LocretEngine engine = engine();
        EngineLifecycle lifecycle = EngineLifecycle.load(
                "default",
                LoadMode.BACKGROUND,
                () -> {
                    try {
                        new CountDownLatch(1).await();
                    } catch (InterruptedException e) {
                        interrupted.countDown();
                    }
                    return engine;
                },
                null);

        lifecycle.destroy();

        assertThat(interrupted.await(60, TimeUnit.SECONDS)).isTrue();
        assertClosed(engine);
    }

    @Test
    void stoppingRefusesAndStartingAccepts() throws Exception {
        LocretEngine engine = engine();
        source.complete(engine);
        EngineLifecycle lifecycle = lifecycle(LoadMode.EAGER, null);
        CompletableFuture<Void> stopped = new CompletableFuture<>();
        assertThat(lifecycle.isRunning()).isTrue();

        lifecycle.stop(() -> stopped.complete(null));
        stopped.get(60, TimeUnit.SECONDS);

        assertThat(lifecycle.isRunning()).isFalse();
        assertThat(engine.drain()).isCompleted();
        assertThatThrownBy(() -> engine.trace(new int[] {1}, 1, false))
                .hasMessage("engine: shutting down, no further requests");
        lifecycle.start();
        assertThat(lifecycle.isRunning()).isTrue();
        assertThat(engine.trace(new int[] {1, 2}, 1, false)).isNotNull();
        lifecycle.destroy();
    }

    @Test
    void leavesAnEngineOfTheApplicationAlone() throws Exception {
        EngineLifecycle lifecycle = EngineLifecycle.of(DemoEngine.shared());
        CompletableFuture<Void> stopped = new CompletableFuture<>();

        lifecycle.stop(() -> stopped.complete(null));
        lifecycle.destroy();

        assertThat(stopped).isCompleted();
        assertThat(DemoEngine.shared().trace(new int[] {1}, 1, false)).isNotNull();
    }

    @Test
    void stopsBelowTheWebServer() {
        assertThat(EngineLifecycle.of(DemoEngine.shared()).getPhase())
                .isEqualTo(SmartLifecycle.DEFAULT_PHASE - 3072)
                .isLessThan(SmartLifecycle.DEFAULT_PHASE - 2048);
    }

    private static void assertClosed(LocretEngine engine) {
        assertThatThrownBy(() -> engine.trace(new int[] {1}, 1, false)).hasMessage("engine: closed");
    }
}
