package dev.locret.engine;

import static dev.locret.engine.EngineFixtures.prompt;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.locret.backend.KvSlice;
import dev.locret.common.ErrorId;
import dev.locret.common.LocretException;
import dev.locret.generate.SamplingParameters;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Several generations at once: fair, apart from each other, and none falls with another. */
class SchedulerTest {
    private final ProbedBackend backend = EngineFixtures.backend();
    private final FakeClock clock = new FakeClock();
    private LocretEngine engine;

    @AfterEach
    void close() {
        engine.close();
    }

    private void load(int sessions, int queueCapacity) {
        engine = EngineFixtures.engine(
                EngineFixtures.withHeads().maxSessions(sessions).queueCapacity(queueCapacity), backend, clock);
    }

    private static GenerationRequest drawn(int promptTokens, int seed, int maxOutputTokens) {
        SamplingParameters sampling = new SamplingParameters(0.8, 40, 0.95, 0.01, 1.1, 0.1, 0.1, (long) seed);
        return EngineFixtures.request(prompt(promptTokens, seed), sampling, maxOutputTokens, null);
    }

    /** Requests submitted while the worker is held, so that they start together. */
    private List<Generation> together(List<GenerationRequest> requests, List<? extends GenerationListener> listeners) {
        Gate gate = new Gate();
        backend.onAttend = segments -> gate.pass();
        Generation holder = engine.submit(drawn(3, 999, 1), GenerationListener.NONE);
        gate.awaitWorker();
        List<Generation> generations = new ArrayList<>();
        for (int i = 0; i < requests.size(); i++) {
            generations.add(engine.submit(requests.get(i), listeners.get(i)));
        }
        backend.onAttend = segments -> {};
        gate.open();
        holder.await();
        return generations;
    }

    private static List<Events> events(int count) {
        return IntStream.range(0, count).mapToObj(i -> new Events()).toList();
    }

    @Test
    void anAnswerIsTheSameAloneAndBesideOthers() {
        load(4, 8);
        List<GenerationRequest> requests =
                List.of(drawn(90, 1, 30), drawn(5, 2, 40), drawn(200, 3, 20), drawn(33, 4, 25), drawn(61, 5, 30));
        List<int[]> alone = new ArrayList<>();
        for (GenerationRequest request : requests) {
            alone.add(engine.generate(request).tokens());
        }
        AtomicBoolean batched = new AtomicBoolean();
        backend.onSample = (specs, tokens) -> batched.compareAndSet(false, specs.length >= 3);
        List<Generation> generations = together(requests, events(5));
        for (int i = 0; i < alone.size(); i++) {
            assertThat(generations.get(i).await().tokens()).as("request %s", i).containsExactly(alone.get(i));
        }
        assertThat(batched).isTrue();
    }

    @Test
    void promptsTakeTurnsChunkByChunk() {
        load(3, 8);
        List<String> order = new CopyOnWriteArrayList<>();
        List<GenerationListener> listeners = new ArrayList<>();
        for (String name : List.of("a", "b")) {
            listeners.add(new GenerationListener() {
                @Override
                public void onRead(int tokensRead, int promptTokens, int entriesKept, double tokensPerSecond) {
                    order.add(name + tokensRead);
                }
            });
        }
        together(List.of(drawn(48, 1, 1), drawn(48, 2, 1)), listeners).forEach(Generation::await);
        assertThat(order).containsExactly("a16", "b16", "a32", "b32", "a44", "b44", "a48", "b48");
    }

    @Test
    void answersGoOnWhileAPromptIsRead() {
        load(2, 8);
        List<String> order = new CopyOnWriteArrayList<>();
        GenerationListener reader = new GenerationListener() {
            @Override
            public void onRead(int tokensRead, int promptTokens, int entriesKept, double tokensPerSecond) {
                order.add("read");
            }
        };
        backend.onSample = (specs, tokens) -> {
            tokens[0] = 9;
            order.add("token");
        };
        Gate gate = new Gate();
        backend.onAttend = segments -> gate.pass();
        Generation answer = engine.submit(drawn(3, 1, 20), GenerationListener.NONE);
        gate.awaitWorker();
        Generation prompt = engine.submit(drawn(100, 2, 1), reader);
        gate.open();
        answer.await();
        prompt.await();
        assertThat(String.join(" ", order)).contains("read token read token read token");
    }

    @Test
    void aFullQueueRefuses() {
        load(1, 2);
        Gate gate = new Gate();
        backend.onAttend = segments -> gate.pass();
        Generation running = engine.submit(drawn(3, 1, 1), GenerationListener.NONE);
        gate.awaitWorker();
        Generation second = engine.submit(drawn(3, 1, 1), GenerationListener.NONE);
        Generation third = engine.submit(drawn(3, 1, 1), GenerationListener.NONE);
        assertFails(
                () -> engine.submit(drawn(3, 1, 1), GenerationListener.NONE),
                ErrorId.QUEUE_FULL,
                "queue is full: waiting=2, queue-capacity=2");
        // A request that gave up leaves its place.
        second.cancel();
        Generation fourth = engine.submit(drawn(3, 1, 1), GenerationListener.NONE);
        gate.open();
        for (Generation generation : List.of(running, third, fourth)) {
            assertThat(generation.await().outputTokens()).isLessThanOrEqualTo(1);
        }
    }

    @Test
    void aListenerThatThrowsEndsItsOwnGenerationOnly() {
        load(3, 8);
        int[] expected = engine.generate(drawn(60, 2, 10)).tokens();
        GenerationListener bad = new GenerationListener() {
            @Override
            public void onRead(int tokensRead, int promptTokens, int entriesKept, double tokensPerSecond) {
                throw new IllegalStateException("listener is broken");
            }
        };
        List<Generation> generations =
                together(List.of(drawn(60, 1, 10), drawn(60, 2, 10)), List.of(bad, GenerationListener.NONE));
        assertThatThrownBy(generations.get(0)::await)
                .isInstanceOf(IllegalStateException.class)
                .hasMessage("listener is broken");
        assertThat(generations.get(1).await().tokens()).containsExactly(expected);
    }

    @Test
    void logitsThatAreNoNumbersEndOneGenerationOfABatch() {
        load(3, 8);
        int[] expected = engine.generate(drawn(20, 2, 12)).tokens();
        backend.onSample = (specs, tokens) -> {
            for (int i = 0; i < specs.length; i++) {
                if (specs[i].seed() == 1 && specs[i].step() == 4) {
                    tokens[i] = -1;
                } else if (specs[i].seed() == 1) {
                    tokens[i] = 9;
                }
            }
        };
        List<Generation> generations = together(List.of(drawn(20, 1, 12), drawn(20, 2, 12)), events(2));
        assertFails(generations.get(0)::await, ErrorId.NUMERICS, "forward: NaN in the logits of output token 4");
        assertThat(generations.get(1).await().tokens()).containsExactly(expected);
    }

    @Test
    void aForwardThatFailsForOneSessionIsRepeatedForTheOthers() {
        load(3, 8);
        List<GenerationRequest> requests = List.of(drawn(20, 1, 12), drawn(21, 2, 12), drawn(22, 3, 12));
        List<int[]> expected = new ArrayList<>();
        for (GenerationRequest request : requests) {
            expected.add(engine.generate(request).tokens());
        }
        assertThat(expected.get(1)).hasSize(12);
        Gate gate = new Gate();
        backend.onAttend = segments -> gate.pass();
        Generation holder = engine.submit(drawn(3, 999, 1), GenerationListener.NONE);
        gate.awaitWorker();
        List<Generation> generations = new ArrayList<>();
        for (GenerationRequest request : requests) {
            generations.add(engine.submit(request, GenerationListener.NONE));
        }
        // Only the second prompt, of 21 tokens, has a chunk of one: that tells its caches apart.
        List<KvSlice> second = new CopyOnWriteArrayList<>();
        backend.onAttend = segments -> segments.forEach(segment -> {
            if (segment.rows() == 1 && segment.firstPosition() == 16) {
                second.add(segment.cache());
            }
            // Layer 1, when all segments of the batch have entries appended in layers 0 and 1 but not in 2.
            if (segment.firstPosition() == 27 && second.indexOf(segment.cache()) == 1) {
                throw new LocretException(ErrorId.NUMERICS, "forward: NaN or infinity before attention of layer 1");
            }
        });
        gate.open();
        holder.await();
        assertThat(generations.get(0).await().tokens()).containsExactly(expected.get(0));
        assertFails(
                generations.get(1)::await, ErrorId.NUMERICS, "forward: NaN or infinity before attention of layer 1");
        assertThat(generations.get(2).await().tokens()).containsExactly(expected.get(2));
    }

    @Test
    void anErrorEndsTheEngineAndNobodyWaitsForEver() {
        load(2, 8);
        GenerationListener fatal = new GenerationListener() {
            @Override
            public void onRead(int tokensRead, int promptTokens, int entriesKept, double tokensPerSecond) {
                throw new StackOverflowError("thrown by a test");
            }
        };
        List<Generation> generations =
                together(List.of(drawn(40, 1, 2), drawn(40, 2, 2)), List.of(fatal, GenerationListener.NONE));
        for (Generation generation : generations) {
            assertFails(generation::await, ErrorId.CLOSED, "engine: closed");
        }
        assertFails(() -> engine.generate(drawn(3, 1, 1)), ErrorId.CLOSED, "engine: closed");
    }

    @Test
    void cancellingOneOfABatchLeavesTheOthersAlone() {
        load(3, 8);
        int[] expected = engine.generate(drawn(20, 2, 12)).tokens();
        assertThat(expected).hasSize(12);
        Gate inBatch = new Gate();
        Gate held = new Gate();
        backend.onAttend = segments -> held.pass();
        Generation holder = engine.submit(drawn(3, 999, 1), GenerationListener.NONE);
        held.awaitWorker();
        Generation cancelled = engine.submit(drawn(20, 1, 1000), GenerationListener.NONE);
        Generation other = engine.submit(drawn(20, 2, 12), GenerationListener.NONE);
        backend.onAttend = segments -> {
            if (segments.size() == 2 && segments.get(1).firstPosition() >= 24) {
                inBatch.pass();
            }
        };
        backend.onSample = (specs, tokens) -> {
            for (int i = 0; i < specs.length; i++) {
                tokens[i] = specs[i].seed() == 1 ? 9 : tokens[i];
            }
        };
        held.open();
        holder.await();
        inBatch.awaitWorker();
        cancelled.cancel();
        inBatch.open();
        assertFails(cancelled::await, ErrorId.CANCELLED, "generation: cancelled");
        assertThat(other.await().tokens()).containsExactly(expected);
    }

    @Test
    void aListenerCannotWaitForItsOwnThread() {
        load(2, 8);
        GenerationListener bad = new GenerationListener() {
            @Override
            public void onRead(int tokensRead, int promptTokens, int entriesKept, double tokensPerSecond) {
                engine.generate(drawn(3, 1, 1));
            }
        };
        assertFails(
                engine.submit(drawn(3, 1, 1), bad)::await,
                ErrorId.INVALID_ARGUMENT,
                "engine: a listener waits for the thread it runs on: thread=locret-engine; submit without waiting");
    }

    private static void assertFails(
            org.assertj.core.api.ThrowableAssert.ThrowingCallable call, ErrorId id, String message) {
        assertThatThrownBy(call)
                .isInstanceOfSatisfying(
                        LocretException.class, e -> assertThat(e.id()).isEqualTo(id))
                .hasMessage(message);
    }
}
