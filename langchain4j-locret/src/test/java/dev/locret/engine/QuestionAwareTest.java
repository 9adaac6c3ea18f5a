package dev.locret.engine;

import static dev.locret.engine.EngineFixtures.prompt;
import static org.assertj.core.api.Assertions.assertThat;

import dev.locret.common.ErrorId;
import dev.locret.format.HeadsFile;
import dev.locret.format.SafetensorsWriter;
import dev.locret.generate.SamplingParameters;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The question in front of its document: kept while that is read, and scored by heads that were trained for it. */
class QuestionAwareTest {
    private static final int QUESTION = 6;
    private static final Path HEADS = EngineFixtures.tiny().resolve("retaining_heads.safetensors");

    private static LocretEngine engine(EngineOptions.Builder options) {
        return EngineFixtures.engine(options, EngineFixtures.backend(), new FakeClock());
    }

    private static GenerationRequest drawn(int[] prompt, String policy) {
        SamplingParameters sampling = new SamplingParameters(0.8, 40, 0.95, 0.01, 1.1, 0.1, 0.1, 7L);
        return EngineFixtures.request(prompt, sampling, 12, policy);
    }

    private static void assertSame(GenerationResult actual, GenerationResult expected) {
        assertThat(actual.tokens()).containsExactly(expected.tokens());
        assertThat(actual.entriesKept()).isEqualTo(expected.entriesKept());
        assertThat(actual.entriesEvicted()).isEqualTo(expected.entriesEvicted());
    }

    @ParameterizedTest
    @ValueSource(strings = {"locret", "keydiff", "streaming-llm"})
    void theQuestionStaysWithinTheBudget(String policy) {
        int[] prompt = prompt(200, 1);
        try (LocretEngine engine = engine(EngineFixtures.withHeads());
                LocretEngine pinning = engine(EngineFixtures.withHeads().pinnedTokens(QUESTION))) {
            GenerationResult plain = engine.generate(drawn(prompt, policy));
            GenerationResult aware = engine.generate(drawn(prompt, policy).withQuestionEnd(QUESTION));
            assertSame(aware, pinning.generate(drawn(prompt, policy)));
            assertThat(aware.entriesKept()).isEqualTo(plain.entriesKept());
            assertThat(aware.policy()).isEqualTo(policy);
            assertThat(aware.questionAware()).isTrue();
            assertThat(plain.questionAware()).isFalse();
            // What was read in another way is not taken for it.
            assertThat(aware.cachedTokens()).isZero();
            assertThat(engine.generate(drawn(prompt, policy).withQuestionEnd(QUESTION))
                            .cachedTokens())
                    .isEqualTo(192);
        }
    }

    @Test
    void headsOfItsOwnScoreWhatIsReadForAQuestion() {
        int[] prompt = prompt(200, 1);
        GenerationRequest aware = drawn(prompt, null).withQuestionEnd(QUESTION);
        try (LocretEngine both = engine(EngineFixtures.withHeads().questionAwareHeadsPath(HEADS));
                LocretEngine only = engine(EngineFixtures.options().questionAwareHeadsPath(HEADS));
                LocretEngine pinning = engine(EngineFixtures.withHeads().pinnedTokens(QUESTION))) {
            GenerationResult expected = pinning.generate(drawn(prompt, null));
            GenerationResult scored = both.generate(aware);
            assertSame(scored, expected);
            assertThat(scored.policy()).isEqualTo("locret-q");
            assertSame(only.generate(aware), expected);
            assertThat(both.generate(drawn(prompt, null)).policy()).isEqualTo("locret");
            assertThat(only.generate(drawn(prompt, null)).policy()).isEqualTo("keydiff");
            assertThat(both.generate(drawn(prompt, "keydiff").withQuestionEnd(QUESTION))
                            .policy())
                    .isEqualTo("keydiff");
            assertThat(both.memoryPlan().parts())
                    .filteredOn(part -> part.name().equals("retaining heads"))
                    .hasSize(2);
        }
    }

    @Test
    void headsThatWereTrainedForAnotherLayoutAreWarnedOf(@TempDir Path directory) {
        Path with = directory.resolve("with.safetensors");
        Path without = directory.resolve("without.safetensors");
        SafetensorsWriter.write("test", with, HeadsFile.open(HEADS).values(), Map.of("question_first", "true"));
        SafetensorsWriter.write("test", without, HeadsFile.open(HEADS).values(), Map.of("question_first", "false"));

        assertThat(logOf(EngineFixtures.options().headsPath(with)))
                .containsOnlyOnce("Heads were trained with the question in front of its document and are used for"
                        + " prompts without it: retaining-heads-path=" + with
                        + "; question-aware-heads-path is the place for them");
        assertThat(logOf(EngineFixtures.options().questionAwareHeadsPath(without)))
                .containsOnlyOnce("Heads were trained without the question in front of its document and are used for"
                        + " prompts with it: question-aware-heads-path=" + without
                        + "; retaining-heads-path is the place for them");
        assertThat(logOf(EngineFixtures.options().headsPath(without).questionAwareHeadsPath(with)))
                .doesNotContain("Heads were trained");
        // Of files that say nothing, nothing is said.
        assertThat(logOf(EngineFixtures.options().headsPath(HEADS).questionAwareHeadsPath(HEADS)))
                .doesNotContain("Heads were trained");
    }

    private static String logOf(EngineOptions.Builder options) {
        PrintStream before = System.err;
        ByteArrayOutputStream log = new ByteArrayOutputStream();
        System.setErr(new PrintStream(log, true, StandardCharsets.UTF_8));
        try {
            engine(options).close();
        } finally {
            System.setErr(before);
        }
        return log.toString(StandardCharsets.UTF_8);
    }

    @Test
    void aShortQuestionLeavesMorePinnedTokensAlone() {
        int[] prompt = prompt(200, 1);
        try (LocretEngine engine = engine(EngineFixtures.withHeads().pinnedTokens(10))) {
            GenerationResult plain = engine.generate(drawn(prompt, null));
            assertSame(engine.generate(drawn(prompt, null).withQuestionEnd(QUESTION)), plain);
        }
    }

    @Test
    void whatCannotBeReadForAQuestionIsRefused() {
        try (LocretEngine engine = engine(EngineFixtures.withHeads())) {
            GenerationRequest request = drawn(prompt(200, 1), null);
            ContextsTest.assertFails(
                    () -> engine.submit(request.withQuestionEnd(201), GenerationListener.NONE),
                    ErrorId.INVALID_ARGUMENT,
                    "question-end out of range: question-end=201, allowed=0..200");
            ContextsTest.assertFails(
                    () -> engine.submit(request.withQuestionEnd(56), GenerationListener.NONE),
                    ErrorId.INVALID_PROMPT,
                    "question and what comes before it are too long to be kept while the document is read: tokens=56,"
                            + " last entries=8, cache-budget=64");
            ContextsTest.assertFails(
                    () -> engine.submit(request.withQuestionEnd(20).withCacheBudget(24), GenerationListener.NONE),
                    ErrorId.INVALID_PROMPT,
                    "question and what comes before it are too long to be kept while the document is read: tokens=20,"
                            + " last entries=8, cache-budget=24");
            engine.contexts()
                    .read(new ContextRequest("d", prompt(200, 1)), GenerationListener.NONE)
                    .await();
            ContextsTest.assertFails(
                    () -> engine.submit(request.withQuestionEnd(6).withContext("d"), GenerationListener.NONE),
                    ErrorId.INVALID_ARGUMENT,
                    "context 'd' was read before the question was known: question-end=6, context=d");
            assertThat(engine.generate(request.withQuestionEnd(55)).tokens()).isNotEmpty();
        }
    }
}
