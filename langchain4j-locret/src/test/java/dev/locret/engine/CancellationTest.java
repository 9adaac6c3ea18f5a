package dev.locret.engine;

import static dev.locret.engine.EngineFixtures.greedy;
import static dev.locret.engine.EngineFixtures.prompt;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.locret.common.ErrorId;
import dev.locret.common.LocretException;
import dev.locret.generate.SamplingParameters;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Ways to end a generation from outside. Chunks are of 16 tokens, the model has three layers. */
class CancellationTest {
    private final ProbedBackend backend = EngineFixtures.backend();
    private final FakeClock clock = new FakeClock();
    private final AtomicInteger layersRun = new AtomicInteger();
    private LocretEngine engine;

    @BeforeEach
    void load() {
        engine = EngineFixtures.engine(EngineFixtures.withHeads(), backend, clock);
    }

    @AfterEach
    void close() {
        engine.close();
    }

    @Test
    void cancelInTheFirstChunkOfFiftyEndsWithinTheChunk() {
        Gate gate = new Gate();
        backend.onAttend = segments -> {
            layersRun.incrementAndGet();
            gate.pass();
        };
        Events events = new Events();
        Generation generation = engine.submit(greedy(prompt(800, 1), 5), events);
        gate.awaitWorker();
        generation.cancel();
        assertThat(generation.isDone()).isTrue();
        gate.open();
        assertFails(generation::await, ErrorId.CANCELLED, "generation: cancelled");

        // The next request begins with an empty cache.
        backend.onAttend = segments -> {};
        assertThat(engine.generate(greedy(prompt(60, 2), 5)).tokens()).containsExactly(alone(greedy(prompt(60, 2), 5)));
        assertThat(layersRun).hasValue(1);
        assertThat(events.read).isEmpty();
    }

    @Test
    void cancelWhileDecodingEndsAndIsFollowedByNoCallback() {
        Gate gate = new Gate();
        AtomicInteger sampled = new AtomicInteger();
        backend.onSample = (specs, tokens) -> {
            tokens[0] = 7;
            if (sampled.incrementAndGet() == 3) {
                gate.pass();
            }
        };
        Events events = new Events();
        Generation generation = engine.submit(greedy(prompt(20, 1), 1000), events);
        gate.awaitWorker();
        generation.cancel();
        gate.open();
        assertFails(generation::await, ErrorId.CANCELLED, "generation: cancelled");
        List<Integer> read = List.copyOf(events.read);
        backend.onSample = (specs, tokens) -> {};
        engine.generate(greedy(prompt(20, 1), 3));
        assertThat(sampled).hasValue(3);
        assertThat(events.read).isEqualTo(read);
    }

    @Test
    void aRequestCancelledInTheQueueNeverStarts() {
        Gate gate = new Gate();
        backend.onAttend = segments -> gate.pass();
        Generation first = engine.submit(greedy(prompt(20, 1), 2), GenerationListener.NONE);
        gate.awaitWorker();
        Events events = new Events();
        Generation queued = engine.submit(greedy(prompt(20, 2), 2), events);
        queued.cancel();
        assertFails(queued::await, ErrorId.CANCELLED, "generation: cancelled");
        gate.open();
        first.await();
        engine.generate(greedy(prompt(20, 3), 2));
        assertThat(events.read).isEmpty();
    }

    @Test
    void aCancelFromTheListenerItselfIsTheLastThingItHears() {
        Generation[] generation = new Generation[1];
        Gate submitted = new Gate();
        Events events = new Events() {
            @Override
            public void onRead(int tokensRead, int promptTokens, int entriesKept, double tokensPerSecond) {
                submitted.pass();
                super.onRead(tokensRead, promptTokens, entriesKept, tokensPerSecond);
                generation[0].cancel();
            }
        };
        generation[0] = engine.submit(greedy(prompt(800, 1), 5), events);
        submitted.open();
        assertFails(generation[0]::await, ErrorId.CANCELLED, "generation: cancelled");
        engine.generate(greedy(prompt(20, 3), 2));
        assertThat(events.read).containsExactly(16);
    }

    @Test
    void aDeadlineEndsAPromptWithinTheChunk() {
        backend.onAttend = segments -> {
            layersRun.incrementAndGet();
            clock.advance(Duration.ofSeconds(2));
        };
        Events events = new Events();
        Generation generation = engine.submit(timed(800, Duration.ofSeconds(7)), events);
        assertFails(generation::await, ErrorId.TIMEOUT, "generation: out of time: passed=8000 ms, timeout=7000 ms");
        backend.onAttend = segments -> {};
        engine.generate(greedy(prompt(20, 3), 2));
        // A chunk that is not the last attends in two of the three layers: the last one's output is not needed.
        assertThat(layersRun).hasValue(4);
        assertThat(events.read).containsExactly(16);
    }

    @Test
    void aDeadlinePassesInTheQueueToo() {
        Gate gate = new Gate();
        backend.onAttend = segments -> gate.pass();
        Generation first = engine.submit(greedy(prompt(20, 1), 2), GenerationListener.NONE);
        gate.awaitWorker();
        Events events = new Events();
        Generation queued = engine.submit(timed(20, Duration.ofSeconds(1)), events);
        clock.advance(Duration.ofSeconds(1));
        gate.open();
        assertFails(queued::await, ErrorId.TIMEOUT, "generation: out of time: passed=1000 ms, timeout=1000 ms");
        first.await();
        assertThat(events.read).isEmpty();
    }

    @Test
    void withoutADeadlineNoTimeIsTooLong() {
        backend.onAttend = segments -> clock.advance(Duration.ofSeconds(61));
        Events events = new Events();
        GenerationResult result =
                engine.submit(greedy(prompt(100, 1), 2), events).await();
        assertThat(result.prefill()).isGreaterThan(Duration.ofMinutes(6));
        assertThat(events.read).containsExactly(16, 32, 48, 64, 80, 96, 100);
    }

    @Test
    void closingEndsWhatRunsAndWhatWaits() {
        Gate gate = new Gate();
        backend.onAttend = segments -> gate.pass();
        Generation running = engine.submit(greedy(prompt(800, 1), 2), GenerationListener.NONE);
        Generation waiting = engine.submit(greedy(prompt(800, 1), 2), GenerationListener.NONE);
        gate.awaitWorker();
        Thread closer = new Thread(engine::close);
        closer.start();
        assertFails(waiting::await, ErrorId.CLOSED, "engine: closed");
        gate.open();
        assertFails(running::await, ErrorId.CLOSED, "engine: closed");
        engine.close();
        assertThat(backend.closed).isTrue();
        assertFails(() -> engine.generate(greedy(prompt(8, 1), 2)), ErrorId.CLOSED, "engine: closed");
    }

    @Test
    void anInterruptedWaiterCancels() {
        Gate gate = new Gate();
        backend.onAttend = segments -> gate.pass();
        Generation generation = engine.submit(greedy(prompt(800, 1), 2), GenerationListener.NONE);
        gate.awaitWorker();
        Thread.currentThread().interrupt();
        assertFails(generation::await, ErrorId.CANCELLED, "generation: the waiting thread was interrupted");
        assertThat(Thread.interrupted()).isTrue();
        assertThat(generation.isDone()).isTrue();
        gate.open();
    }

    private int[] alone(GenerationRequest request) {
        try (LocretEngine other = LocretEngine.load(EngineFixtures.withHeads().build())) {
            return other.generate(request).tokens();
        }
    }

    private static GenerationRequest timed(int promptTokens, Duration timeout) {
        return new GenerationRequest(
                prompt(promptTokens, 1), 0, SamplingParameters.GREEDY, 5, List.of(), null, timeout);
    }

    private static void assertFails(ThrowingCallable call, ErrorId id, String message) {
        assertThatThrownBy(call)
                .isInstanceOfSatisfying(
                        LocretException.class, e -> assertThat(e.id()).isEqualTo(id))
                .hasMessage(message);
    }
}
