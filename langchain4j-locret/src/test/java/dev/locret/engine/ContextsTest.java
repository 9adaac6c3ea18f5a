package dev.locret.engine;

import static dev.locret.engine.EngineFixtures.prompt;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.locret.common.ErrorId;
import dev.locret.common.LocretException;
import dev.locret.generate.SamplingParameters;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** A text read once answers like one read for each question. */
class ContextsTest {
    private final ProbedBackend backend = EngineFixtures.backend();
    private final FakeClock clock = new FakeClock();
    private LocretEngine engine;

    @AfterEach
    void close() {
        engine.close();
    }

    private void load(EngineOptions.Builder options) {
        engine = EngineFixtures.engine(options, backend, clock);
    }

    private static GenerationRequest drawn(int[] prompt, String policy) {
        SamplingParameters sampling = new SamplingParameters(0.8, 40, 0.95, 0.01, 1.1, 0.1, 0.1, 7L);
        return EngineFixtures.request(prompt, sampling, 12, policy);
    }

    private static int[] joined(int[] first, int[] then) {
        int[] all = Arrays.copyOf(first, first.length + then.length);
        System.arraycopy(then, 0, all, first.length, then.length);
        return all;
    }

    @Test
    void tellsWhatEachHeadKept() {
        load(EngineFixtures.withHeads());
        int[] document = prompt(333, 1);
        ContextInfo info = read("d", document);
        ContextContent content = engine.contexts().content("d");
        assertThat(content.tokens()).containsExactly(document);
        long entries = 0;
        for (int[][] layer : content.kept()) {
            assertThat(layer).hasNumberOfRows(engine.config().kvHeads());
            for (int[] head : layer) {
                assertThat(head).hasSize(64).isSorted().doesNotHaveDuplicates();
                assertThat(head[63]).isLessThan(333);
                entries += 333 - head.length;
            }
        }
        assertThat(content.kept()).hasNumberOfRows(engine.config().layers());
        assertThat(entries).isEqualTo(info.entriesEvicted());
        assertThatThrownBy(() -> engine.contexts().content("e")).hasMessage("contexts: not read: context=e, known=d");
    }

    private ContextInfo read(String name, int[] tokens) {
        return engine.contexts()
                .read(new ContextRequest(name, tokens), GenerationListener.NONE)
                .await();
    }

    @ParameterizedTest
    @CsvSource({"locret, 333", "keydiff, 333", "streaming-llm, 320", "none, 60", "locret, 5"})
    void aQuestionIsAnsweredAsIfItEndedThePrompt(String policy, int length) {
        load(EngineFixtures.withHeads().maxSessions(2));
        int[] document = prompt(length, 1);
        ContextInfo info = engine.contexts()
                .read(new ContextRequest("d", document, policy, 0, null, 0), GenerationListener.NONE)
                .await();
        assertThat(info.tokens()).isEqualTo(length);
        assertThat(info.entriesKept()).isEqualTo(Math.min(length, 64));
        for (int tokens = 1; tokens <= 4; tokens++) {
            int[] question = prompt(tokens, 50 + tokens);
            GenerationRequest whole = new GenerationRequest(
                    joined(document, question),
                    tokens,
                    drawn(question, policy).sampling(),
                    12,
                    List.of(),
                    policy,
                    null);
            GenerationResult expected = engine.generate(whole);
            GenerationResult actual = engine.generate(drawn(question, null).withContext("d"));
            assertThat(actual.tokens()).as("%s tokens", tokens).containsExactly(expected.tokens());
            assertThat(actual.policy()).isEqualTo(policy);
            assertThat(actual.promptTokens()).isEqualTo(length + tokens);
            assertThat(actual.cachedTokens()).isEqualTo(length);
            assertThat(actual.readTokens()).isEqualTo(tokens);
            assertThat(actual.entriesEvicted()).isEqualTo(expected.entriesEvicted());
        }
    }

    @Test
    void questionsAtTheSameTimeDoNotDisturbEachOther() {
        load(EngineFixtures.withHeads().maxSessions(4));
        read("d", prompt(200, 1));
        List<GenerationRequest> questions = new ArrayList<>();
        List<int[]> alone = new ArrayList<>();
        for (int i = 0; i < 8; i++) {
            questions.add(drawn(prompt(3 + 11 * i, 60 + i), null).withContext("d"));
            alone.add(engine.generate(questions.get(i)).tokens());
        }
        List<Generation> together = questions.stream()
                .map(question -> engine.submit(question, GenerationListener.NONE))
                .toList();
        for (int i = 0; i < 8; i++) {
            assertThat(together.get(i).await().tokens()).containsExactly(alone.get(i));
        }
    }

    @Test
    void aLongQuestionToAContextIsSharedLikeAnyPrompt() {
        load(EngineFixtures.withHeads());
        read("d", prompt(200, 1));
        int[] chat = prompt(70, 2);
        GenerationResult first = engine.generate(drawn(chat, null).withContext("d"));
        GenerationResult second = engine.generate(drawn(chat, null).withContext("d"));
        assertThat(first.cachedTokens()).isEqualTo(200);
        assertThat(second.cachedTokens()).isEqualTo(200 + 64);
        assertThat(second.tokens()).containsExactly(first.tokens());
        read("other", prompt(201, 1));
        assertThat(engine.generate(drawn(chat, null).withContext("other")).cachedTokens())
                .isEqualTo(201);
    }

    @Test
    void aTextThatWasReadIsNotReadAgain() {
        load(EngineFixtures.withHeads());
        ContextInfo info = read("d", prompt(200, 1));
        Events events = new Events();
        ContextReading again = engine.contexts().read(new ContextRequest("d", prompt(200, 1)), events);
        assertThat(again.isDone()).isTrue();
        assertThat(again.await()).isEqualTo(info);
        assertThat(events.read).isEmpty();
        assertThat(engine.contexts()
                        .read(new ContextRequest("d", prompt(200, 2)), events)
                        .await())
                .isEqualTo(info);
        assertThat(events.read).startsWith(16, 32).endsWith(192, 200);
    }

    @Test
    void contextsAreListedDescribedAndRemoved() {
        load(EngineFixtures.withHeads());
        assertThat(engine.contexts().list()).isEmpty();
        assertFails(
                () -> engine.contexts().describe("a"),
                ErrorId.UNKNOWN_CONTEXT,
                "contexts: not read: context=a, known=none");
        ContextInfo b = read("b", prompt(200, 1));
        ContextInfo a = read("a", prompt(10, 1));
        // 3 layers of 8 KV heads; key and value of 8 floats, score and position.
        assertThat(a).isEqualTo(new ContextInfo("a", "locret", 64, 10, 10, 0, 3 * 8 * 10 * 4 * 18 + 40));
        assertThat(b)
                .isEqualTo(new ContextInfo("b", "locret", 64, 200, 64, 3 * 8 * (200 - 64), 3 * 8 * 64 * 4 * 18 + 800));
        assertThat(engine.contexts().list()).containsExactly(a, b);
        assertThat(engine.contexts().count()).isEqualTo(2);
        assertThat(engine.contexts().describe("b")).isEqualTo(b);
        assertThat(engine.contexts().remove("b")).isTrue();
        assertThat(engine.contexts().remove("b")).isFalse();
        assertThat(engine.contexts().list()).containsExactly(a);
        assertFails(
                () -> engine.generate(drawn(prompt(3, 1), null).withContext("b")),
                ErrorId.UNKNOWN_CONTEXT,
                "contexts: not read: context=b, known=a");
    }

    @Test
    void aContextThatIsReplacedOrRemovedServesTheQuestionsThatHaveIt() {
        load(EngineFixtures.withHeads());
        read("d", prompt(200, 1));
        GenerationRequest question = drawn(prompt(3, 9), null).withContext("d");
        int[] expected = engine.generate(question).tokens();
        Gate gate = new Gate();
        backend.onAttend = segments -> gate.pass();
        Generation holder = engine.submit(drawn(prompt(3, 1), null), GenerationListener.NONE);
        gate.awaitWorker();
        Generation asked = engine.submit(question, GenerationListener.NONE);
        engine.contexts().remove("d");
        gate.open();
        holder.await();
        assertThat(asked.await().tokens()).containsExactly(expected);
    }

    @Test
    void aReadingCanBeCancelledAndLeavesNothing() {
        load(EngineFixtures.withHeads());
        Gate gate = new Gate();
        backend.onAttend = segments -> gate.pass();
        ContextReading reading =
                engine.contexts().read(new ContextRequest("d", prompt(400, 1)), GenerationListener.NONE);
        gate.awaitWorker();
        assertFails(
                () -> engine.contexts().read(new ContextRequest("d", prompt(9, 1)), GenerationListener.NONE),
                ErrorId.INVALID_ARGUMENT,
                "contexts: still being read: context=d");
        assertFails(
                () -> engine.contexts().describe("d"),
                ErrorId.UNKNOWN_CONTEXT,
                "contexts: still being read: context=d");
        reading.cancel();
        backend.onAttend = segments -> {};
        gate.open();
        assertFails(reading::await, ErrorId.CANCELLED, "contexts: reading cancelled: context=d");
        assertThat(read("d", prompt(9, 1)).tokens()).isEqualTo(9);
    }

    @Test
    void aReadingRunsOutOfTimeLikeARequest() {
        load(EngineFixtures.withHeads());
        backend.onAttend = segments -> clock.advance(Duration.ofMillis(20));
        ContextReading reading = engine.contexts()
                .read(
                        new ContextRequest("d", prompt(400, 1), null, 0, Duration.ofMillis(50), 0),
                        GenerationListener.NONE);
        assertFails(reading::await, ErrorId.TIMEOUT, "generation: out of time: passed=60 ms, timeout=50 ms");
        assertThat(engine.contexts().list()).isEmpty();
    }

    @Test
    void closingTheEngineEndsReadings() {
        load(EngineFixtures.withHeads());
        Gate gate = new Gate();
        backend.onAttend = segments -> gate.pass();
        ContextReading running =
                engine.contexts().read(new ContextRequest("a", prompt(400, 1)), GenerationListener.NONE);
        gate.awaitWorker();
        ContextReading waiting =
                engine.contexts().read(new ContextRequest("b", prompt(400, 1)), GenerationListener.NONE);
        Thread closer = new Thread(engine::close);
        closer.start();
        assertFails(waiting::await, ErrorId.CLOSED, "engine: closed");
        gate.open();
        assertFails(running::await, ErrorId.CLOSED, "engine: closed");
    }

    @Test
    void contextsStayUntilTheyAreRemovedAndTheRestIsRefused() {
        // Two of 200 tokens fit, prefixes make room for them.
        long bytes = 3 * 8 * 64 * 4 * 18 + 800;
        load(EngineFixtures.withHeads().prefixCacheBytes(2 * bytes + 1000));
        engine.generate(drawn(prompt(200, 7), null));
        read("a", prompt(200, 1));
        read("b", prompt(200, 2));
        engine.generate(drawn(prompt(200, 8), null));
        assertThat(engine.contexts().list()).hasSize(2);
        assertFails(
                () -> read("c", prompt(200, 3)),
                ErrorId.CONTEXTS_FULL,
                "contexts: no memory for another: needed=" + bytes + " bytes, taken=" + 2 * bytes
                        + " bytes, prefix-cache=" + (2 * bytes + 1000)
                        + " bytes; remove one, raise prefix-cache, or set contexts-directory");
        assertThat(read("b", prompt(200, 3)).tokens()).isEqualTo(200);
        engine.contexts().remove("a");
        assertThat(read("c", prompt(200, 3)).tokens()).isEqualTo(200);
    }

    @Test
    void withoutHeadsAShortContextIsKeptWholeUntilTheQuestionIsTooLong() {
        load(EngineFixtures.options());
        assertThat(read("short", prompt(60, 1)).policy()).isEqualTo("none");
        assertThat(read("long", prompt(76, 1)).policy()).isEqualTo("keydiff");
        assertThat(engine.generate(drawn(prompt(3, 2), null).withContext("short"))
                        .policy())
                .isEqualTo("none");
        GenerationResult result = engine.generate(drawn(prompt(100, 2), null).withContext("short"));
        assertThat(result.policy()).isEqualTo("keydiff");
        assertThat(result.promptTokens()).isEqualTo(160);
        assertThat(engine.generate(drawn(prompt(1, 2), "auto").withContext("long"))
                        .policy())
                .isEqualTo("keydiff");
    }

    @Test
    void anotherPolicyThanTheContextsIsRefused() {
        load(EngineFixtures.withHeads());
        read("d", prompt(200, 1));
        assertFails(
                () -> engine.generate(drawn(prompt(3, 1), "keydiff").withContext("d")),
                ErrorId.INVALID_ARGUMENT,
                "context 'd' was read with another policy: policy=keydiff, context=locret");
    }

    @Test
    void badReadingsAreRefused() {
        load(EngineFixtures.withHeads());
        assertFails(
                () -> read(" ", prompt(3, 1)),
                ErrorId.INVALID_ARGUMENT,
                "context must have a name of 1 to 200 characters without control characters: length=1");
        assertFails(() -> read("d", new int[] {}), ErrorId.INVALID_PROMPT, "prompt is empty: tokens=0");
        assertFails(
                () -> read("d", new int[] {512}),
                ErrorId.INVALID_PROMPT,
                "token id outside the vocabulary: prompt[0]=512, vocabulary=512");
    }

    static void assertFails(ThrowingCallable call, ErrorId id, String message) {
        assertThatThrownBy(call)
                .isInstanceOfSatisfying(
                        LocretException.class, e -> assertThat(e.id()).isEqualTo(id))
                .hasMessage(message);
    }
}
