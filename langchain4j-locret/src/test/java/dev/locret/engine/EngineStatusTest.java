package dev.locret.engine;

import static dev.locret.engine.EngineFixtures.greedy;
import static dev.locret.engine.EngineFixtures.prompt;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Who waits, who goes first, and what is told of it. */
class EngineStatusTest {
    private final ProbedBackend backend = EngineFixtures.backend();
    private final FakeClock clock = new FakeClock();
    private final Gate gate = new Gate();
    private LocretEngine engine;

    @BeforeEach
    void load() {
        engine = EngineFixtures.engine(EngineFixtures.withHeads().queueCapacity(3), backend, clock);
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

    private Generation named(String name, int priority, List<String> order) {
        return engine.submit(greedy(prompt(3, 1), 1).withPriority(priority), new GenerationListener() {
            @Override
            public void onRead(int tokensRead, int promptTokens, int entriesKept, double tokensPerSecond) {
                order.add(name);
            }
        });
    }

    @Test
    void higherPriorityGoesFirstAndEqualOnesInTheirOrder() {
        List<String> order = new CopyOnWriteArrayList<>();
        Generation holder = holder();
        List<Generation> generations =
                List.of(named("low", -1, order), named("first", 0, order), named("high", 5, order));
        gate.open();
        holder.await();
        generations.forEach(Generation::await);
        assertThat(order).containsExactly("high", "first", "low");
        order.clear();
        List.of(named("a", 0, order), named("b", 0, order), named("c", 0, order))
                .forEach(Generation::await);
        assertThat(order).containsExactly("a", "b", "c");
    }

    @Test
    void theQueueIsVisible() {
        Generation holder = holder();
        engine.submit(greedy(prompt(3, 1), 1), GenerationListener.NONE).cancel();
        clock.advance(Duration.ofMillis(30));
        List<Generation> waiting = List.of(
                engine.submit(greedy(prompt(3, 1), 1), GenerationListener.NONE),
                engine.submit(greedy(prompt(3, 2), 1), GenerationListener.NONE));
        clock.advance(Duration.ofMillis(70));
        assertThat(engine.status().queue()).isEqualTo(new EngineStatus.Queue(2, 3, 1, 1, Duration.ofMillis(70)));
        gate.open();
        holder.await();
        waiting.forEach(Generation::await);
        engine.close();
        EngineStatus.Totals totals = engine.status().totals();
        assertThat(totals.queued()).isEqualTo(4);
        assertThat(totals.started()).isEqualTo(3);
        assertThat(totals.finished()).isEqualTo(3);
        assertThat(totals.failed()).isEqualTo(1);
        assertThat(totals.waited()).isEqualTo(Duration.ofMillis(140));
        assertThat(totals.rejected()).isZero();
        assertThat(totals.textTokens()).isEqualTo(9);
    }

    @Test
    void eventsTellTheSame() {
        List<String> told = new CopyOnWriteArrayList<>();
        engine.addEvents(new EngineEvents() {
            @Override
            public void onQueued(int waiting) {
                told.add("queued " + waiting);
                throw new IllegalStateException("events are broken");
            }

            @Override
            public void onRejected() {
                told.add("rejected");
            }

            @Override
            public void onStarted(Duration waited, int cachedTokens) {
                told.add("started " + waited.toMillis() + " " + cachedTokens);
            }

            @Override
            public void onFinished(GenerationResult result) {
                told.add("finished " + result.promptTokens());
            }

            @Override
            public void onFailed(Throwable failure, Duration passed) {
                told.add(failure.getMessage());
            }
        });
        engine.generate(greedy(prompt(100, 5), 1));
        Generation holder = holder();
        Generation again = engine.submit(greedy(prompt(100, 5), 1), GenerationListener.NONE);
        Generation cancelled = engine.submit(greedy(prompt(3, 1), 1), GenerationListener.NONE);
        engine.submit(greedy(prompt(3, 1), 1), GenerationListener.NONE);
        assertThatThrownBy(() -> engine.submit(greedy(prompt(3, 1), 1), GenerationListener.NONE))
                .hasMessage("queue is full: waiting=3, queue-capacity=3");
        cancelled.cancel();
        clock.advance(Duration.ofMillis(50));
        gate.open();
        holder.await();
        assertThat(again.await().cachedTokens()).isEqualTo(80);
        engine.close();
        assertThat(told)
                .contains(
                        "queued 1",
                        "queued 2",
                        "queued 3",
                        "rejected",
                        "generation: cancelled",
                        "started 0 0",
                        "started 50 80",
                        "finished 100",
                        "finished 3");
        assertThat(engine.status().totals().reuses()).isEqualTo(1);
        assertThat(engine.status().totals().cachedTokens()).isEqualTo(80);
        assertThat(engine.status().totals().rejected()).isEqualTo(1);
        assertThat(engine.status().snapshots().count()).isEqualTo(3);
        assertThat(engine.status().snapshots().bytes())
                .isPositive()
                .isLessThanOrEqualTo(engine.memoryPlan().prefixCacheBytes());
        assertThat(engine.status().snapshots().capacityBytes())
                .isEqualTo(engine.memoryPlan().prefixCacheBytes());
    }
}
