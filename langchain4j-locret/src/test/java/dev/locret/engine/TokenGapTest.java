package dev.locret.engine;

import static dev.locret.engine.EngineFixtures.prompt;
import static org.assertj.core.api.Assertions.assertThat;

import dev.locret.backend.KvSegment;
import dev.locret.common.ErrorId;
import dev.locret.common.LocretException;
import dev.locret.generate.SamplingParameters;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Answers under way get their tokens between the layers of somebody's chunk, and nobody's result changes by it. */
class TokenGapTest {
    private static final int CHUNK_LAYER_MILLIS = 100;

    private final ProbedBackend backend = EngineFixtures.backend();
    private final FakeClock clock = new FakeClock();
    private LocretEngine engine;

    @AfterEach
    void close() {
        engine.close();
    }

    private void load(int sessions, int gapMillis) {
        // Prompts are the same from run to run: they are to be read, not taken from what was read before.
        engine = EngineFixtures.engine(
                EngineFixtures.withHeads()
                        .maxSessions(sessions)
                        .tokenGapMillis(gapMillis)
                        .prefixCacheBytes(0),
                backend,
                clock);
    }

    private static boolean isChunk(List<KvSegment> segments) {
        return segments.get(0).rows() > 1;
    }

    private static GenerationRequest drawn(int promptTokens, int seed, int maxOutputTokens) {
        SamplingParameters sampling = new SamplingParameters(0.8, 40, 0.95, 0.01, 1.1, 0.1, 0.1, (long) seed);
        return new GenerationRequest(
                prompt(promptTokens, seed), 0, sampling, maxOutputTokens, List.of(), null, null, true);
    }

    /** Milliseconds between tokens of an answer while another prompt is read, and its first token. */
    private List<Long> gaps(int stepMillis) {
        AtomicLong lastToken = new AtomicLong();
        List<Long> gaps = new CopyOnWriteArrayList<>();
        backend.onAttend =
                segments -> clock.advance(Duration.ofMillis(isChunk(segments) ? CHUNK_LAYER_MILLIS : stepMillis));
        backend.onSample = (specs, tokens) -> {
            if (specs[0].seed() == 1) {
                long now = clock.getAsLong() / 1_000_000;
                gaps.add(now - lastToken.getAndSet(now));
            }
        };
        Gate gate = new Gate();
        GenerationListener holds = new GenerationListener() {
            @Override
            public void onRead(int tokensRead, int promptTokens, int entriesKept, double tokensPerSecond) {
                gate.pass();
            }
        };
        Generation answer = engine.submit(drawn(3, 1, 40), holds);
        gate.awaitWorker();
        Generation reader = engine.submit(drawn(300, 2, 1), GenerationListener.NONE);
        gate.open();
        answer.await();
        reader.await();
        return gaps.subList(2, gaps.size());
    }

    @ParameterizedTest
    @CsvSource({
        // Between layers of 100 ms, with steps of 3 layers: 203 ms would be one layer too many for 150.
        "150, 1, 103",
        "250, 1, 203",
        // No step fits: whole chunks of three layers.
        "0, 1, 303",
        "1000, 1, 303",
        // Steps that take longer than the gap: reading gets as much time as they do.
        "50, 60, 380"
    })
    void theGapIsKeptToALayer(int gapMillis, int stepMillis, long expected) {
        load(2, gapMillis);
        assertThat(gaps(stepMillis)).isNotEmpty().allSatisfy(gap -> assertThat(gap)
                .isLessThanOrEqualTo(expected));
        assertThat(gaps(stepMillis)).contains(expected);
    }

    @Test
    void resultsAreTheSameAloneAndAmongEight() {
        load(8, 1);
        List<GenerationRequest> requests = new ArrayList<>();
        List<int[]> alone = new ArrayList<>();
        for (int i = 0; i < 8; i++) {
            requests.add(drawn(5 + 37 * i, i, 40 - 3 * i));
            alone.add(engine.generate(requests.get(i)).tokens());
        }
        AtomicLong inner = new AtomicLong();
        backend.onAttend = segments -> {
            clock.advance(Duration.ofMillis(isChunk(segments) ? 10 : 2));
            inner.addAndGet(!isChunk(segments) && isWithinAChunk() ? 1 : 0);
        };
        List<Generation> together = requests.stream()
                .map(request -> engine.submit(request, GenerationListener.NONE))
                .toList();
        for (int i = 0; i < 8; i++) {
            assertThat(together.get(i).await().tokens()).as("request %s", i).containsExactly(alone.get(i));
        }
        assertThat(inner.get()).isGreaterThan(30);
    }

    private static boolean isWithinAChunk() {
        return StackWalker.getInstance()
                .walk(frames -> frames.anyMatch(frame -> frame.getMethodName().equals("betweenLayers")));
    }

    @Test
    void aStepThatFailsInAChunkEndsItsAnswerOnly() {
        load(2, 1);
        int[] expected = engine.generate(drawn(300, 2, 12)).tokens();
        Gate gate = new Gate();
        backend.onAttend = segments -> {
            clock.advance(Duration.ofMillis(10));
            if (!isChunk(segments) && segments.get(0).firstPosition() == 8) {
                throw new LocretException(ErrorId.NUMERICS, "forward: thrown by a test");
            }
        };
        GenerationListener holds = new GenerationListener() {
            @Override
            public void onRead(int tokensRead, int promptTokens, int entriesKept, double tokensPerSecond) {
                gate.pass();
            }
        };
        Generation answer = engine.submit(drawn(3, 1, 40), holds);
        gate.awaitWorker();
        Generation reader = engine.submit(drawn(300, 2, 12), GenerationListener.NONE);
        gate.open();
        ContextsTest.assertFails(answer::await, ErrorId.NUMERICS, "forward: thrown by a test");
        assertThat(reader.await().tokens()).containsExactly(expected);
    }
}
