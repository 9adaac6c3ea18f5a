package dev.locret.engine;

import static dev.locret.engine.EngineFixtures.greedy;
import static dev.locret.engine.EngineFixtures.prompt;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.locret.common.ErrorId;
import dev.locret.common.LocretException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** An engine that takes no more requests and ends those that it has. */
@Timeout(60)
class DrainTest {
    private final ProbedBackend backend = EngineFixtures.backend();
    private final Gate gate = new Gate();
    private LocretEngine engine;

    @BeforeEach
    void load() {
        engine = EngineFixtures.engine(EngineFixtures.withHeads().queueCapacity(3), backend, new FakeClock());
    }

    @AfterEach
    void close() {
        engine.close();
    }

    /** A request that runs until the gate opens. */
    private Generation holder() {
        backend.onAttend = segments -> gate.pass();
        Generation holder = engine.submit(greedy(prompt(3, 1), 1), GenerationListener.NONE);
        gate.awaitWorker();
        return holder;
    }

    private void assertRefused() {
        assertThatThrownBy(() -> engine.submit(greedy(prompt(3, 1), 1), GenerationListener.NONE))
                .isInstanceOfSatisfying(
                        LocretException.class, e -> assertThat(e.id()).isEqualTo(ErrorId.CLOSED))
                .hasMessage("engine: shutting down, no further requests");
    }

    @Test
    void anIdleEngineIsDrainedAtOnce() {
        engine.generate(greedy(prompt(3, 1), 1));

        // The worker gives the cache back after the answer was told.
        engine.drain().join();

        assertRefused();
        assertThat(engine.drain()).isCompleted();
    }

    @Test
    void whatRunsAndWaitsComesToItsEnd() throws Exception {
        Generation running = holder();
        Generation waiting = engine.submit(greedy(prompt(3, 2), 2), GenerationListener.NONE);
        Generation gone = engine.submit(greedy(prompt(3, 3), 2), GenerationListener.NONE);

        CompletableFuture<Void> drained = engine.drain();

        assertRefused();
        assertThat(drained).isNotDone();
        gone.cancel();
        gate.open();
        assertThat(running.await().outputTokens()).isEqualTo(1);
        assertThat(waiting.await().outputTokens()).isEqualTo(2);
        drained.get(30, TimeUnit.SECONDS);
    }

    @Test
    void closingEndsTheWait() throws Exception {
        Generation running = holder();
        CompletableFuture<Void> drained = engine.drain();
        CompletableFuture<Void> closing = CompletableFuture.runAsync(engine::close);

        drained.get(30, TimeUnit.SECONDS);
        gate.open();

        closing.get(30, TimeUnit.SECONDS);
        assertThatThrownBy(running::await).hasMessage("engine: closed");
    }

    @Test
    void acceptsRequestsAgain() {
        engine.drain().join();
        engine.acceptRequests();

        assertThat(engine.generate(greedy(prompt(3, 1), 2)).outputTokens()).isEqualTo(2);
        engine.close();
        engine.acceptRequests();
        assertThatThrownBy(() -> engine.generate(greedy(prompt(3, 1), 2))).hasMessage("engine: closed");
    }
}
