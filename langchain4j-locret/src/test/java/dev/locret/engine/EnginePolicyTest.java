package dev.locret.engine;

import static dev.locret.engine.EngineFixtures.prompt;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.locret.backend.AttentionSpec.PositionMode;
import dev.locret.engine.GenerationResult.Finish;
import dev.locret.generate.SamplingParameters;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Which policy a request gets, and that nothing of its prompt is dropped unread. */
class EnginePolicyTest {
    private static final int CAPACITY = 80;
    private static final int ENTRIES_PER_TOKEN = 3 * 8;
    /** Never ends by itself: a token can hardly come out on top of a draw this flat for the end token alone. */
    private static final SamplingParameters FLAT = new SamplingParameters(5, 0, 1, 0, 1, 0, 0, 11L);

    @Test
    void autoIsFullAttentionWhileTheTextFits() {
        try (LocretEngine engine = LocretEngine.load(EngineFixtures.options().build())) {
            assertThat(engine.policyName()).isEqualTo("auto");
            GenerationResult result = run(engine, 70, 5, null);
            assertThat(result.policy()).isEqualTo("none");
            assertThat(result.promptTokens()).isEqualTo(70);
            assertThat(result.entriesKept()).isEqualTo(70);
            assertThat(result.entriesEvicted()).isZero();
        }
    }

    @Test
    void autoIsKeyDiffForALongerPromptAndAllOfItIsRead() {
        try (LocretEngine engine = LocretEngine.load(EngineFixtures.options().build())) {
            GenerationResult result = run(engine, 500, 5, null);
            assertThat(result.policy()).isEqualTo("keydiff");
            assertThat(result.promptTokens()).isEqualTo(500);
            // The budget, then the local tokens.
            assertThat(result.entriesKept()).isEqualTo(68);
            assertThat(result.entriesEvicted()).isGreaterThanOrEqualTo((500L - 68) * ENTRIES_PER_TOKEN);
        }
    }

    @Test
    void autoGoesOverToKeyDiffWhenTheAnswerOutgrowsTheCache() {
        try (LocretEngine engine = LocretEngine.load(EngineFixtures.options().build())) {
            GenerationResult result = run(engine, 70, 60, null);
            assertThat(result.policy()).isEqualTo("keydiff");
            assertThat(result.outputTokens()).isEqualTo(60);
            assertThat(result.finish()).isEqualTo(Finish.LENGTH);
            assertThat(result.entriesEvicted()).isPositive();
        }
    }

    @Test
    void autoWarnsOncePerEngine() {
        PrintStream before = System.err;
        ByteArrayOutputStream log = new ByteArrayOutputStream();
        System.setErr(new PrintStream(log, true, StandardCharsets.UTF_8));
        try (LocretEngine engine = LocretEngine.load(EngineFixtures.options().build())) {
            run(engine, 20, 1, null);
            assertThat(log.toString(StandardCharsets.UTF_8)).doesNotContain("KeyDiff");
            run(engine, 100, 1, null);
            run(engine, 200, 1, null);
        } finally {
            System.setErr(before);
        }
        assertThat(log.toString(StandardCharsets.UTF_8))
                .containsOnlyOnce("policy 'auto' drops entries by KeyDiff: tokens=100, capacity=80");
    }

    @Test
    void autoWithHeadsIsLocret() {
        try (LocretEngine engine = LocretEngine.load(EngineFixtures.withHeads().build())) {
            assertThat(engine.policyName()).isEqualTo("locret");
            assertThat(run(engine, 30, 3, null).policy()).isEqualTo("locret");
            assertThat(run(engine, 30, 3, "auto").policy()).isEqualTo("locret");
        }
    }

    @ParameterizedTest
    @CsvSource({"trimkv_weights.pth, trimkv", "kvzap-mlp.safetensors, kvzap"})
    void autoWithHeadsOfOthersIsTheirPolicy(String file, String policy) {
        Path heads = EngineFixtures.tiny().resolveSibling("heads").resolve(file);
        try (LocretEngine engine =
                LocretEngine.load(EngineFixtures.options().headsPath(heads).build())) {
            assertThat(engine.policyName()).isEqualTo(policy);
            GenerationResult result = run(engine, 200, 20, null);
            assertThat(result.policy()).isEqualTo(policy);
            assertThat(result.entriesEvicted()).isPositive();
            assertThat(run(engine, 200, 20, "auto").tokens()).containsExactly(result.tokens());
            assertThatThrownBy(() -> run(engine, 5, 1, "locret"))
                    .hasMessage("policy 'locret' needs heads of its own kind: policy=locret, heads=" + policy);
        }
    }

    @Test
    void noneRefusesWhatDoesNotFitAndStopsWhereTheCacheEnds() {
        try (LocretEngine engine =
                LocretEngine.load(EngineFixtures.options().policy("none").build())) {
            assertThatThrownBy(() -> run(engine, CAPACITY, 1, null))
                    .hasMessage("prompt does not fit the cache and policy 'none' drops nothing: tokens=80,"
                            + " capacity=80");
            GenerationResult result = run(engine, 70, 100, null);
            assertThat(result.finish()).isEqualTo(Finish.LENGTH);
            // Ten more entries, and the last token needs none.
            assertThat(result.outputTokens()).isEqualTo(11);
            assertThat(result.promptTokens()).isEqualTo(70);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"locret", "keydiff", "streaming-llm", "none"})
    void aRequestsPolicyIsThatOfAnEngineOfItsOwn(String policy) {
        GenerationRequest request = EngineFixtures.request(prompt(75, 4), FLAT, 5, policy);
        try (LocretEngine mixed = LocretEngine.load(EngineFixtures.withHeads().build());
                LocretEngine own = LocretEngine.load(
                        EngineFixtures.withHeads().policy(policy).build())) {
            assertThat(own.policyName()).isEqualTo(policy);
            GenerationResult result = mixed.generate(request);
            assertThat(result.policy()).isEqualTo(policy);
            assertThat(result.tokens())
                    .containsExactly(own.generate(EngineFixtures.request(prompt(75, 4), FLAT, 5, null))
                            .tokens());
        }
    }

    @Test
    void unknownPoliciesAndLocretWithoutHeadsAreRefused() {
        assertThatThrownBy(() -> LocretEngine.load(
                        EngineFixtures.options().policy("locret").build()))
                .hasMessage("policy 'locret' needs retaining heads: policy=locret, retaining-heads-path=null");
        assertThatThrownBy(() ->
                        LocretEngine.load(EngineFixtures.options().policy("lru").build()))
                .hasMessage("unknown eviction policy: policy=lru, allowed=auto, locret, trimkv, kvzap, keydiff,"
                        + " streaming-llm, h2o, snapkv, tova, sirllm, random, none");
        try (LocretEngine engine = LocretEngine.load(EngineFixtures.options().build())) {
            assertThatThrownBy(() -> run(engine, 5, 1, "locret"))
                    .hasMessage("policy 'locret' needs retaining heads: policy=locret, retaining-heads-path=null");
        }
    }

    @Test
    void pinnedTokensSurviveEveryEviction() {
        try (LocretEngine engine =
                LocretEngine.load(EngineFixtures.withHeads().pinnedTokens(6).build())) {
            List<TraceResult.Chunk> chunks =
                    engine.trace(prompt(400, 9), 1, false).chunks();
            int[][][] kept = chunks.get(chunks.size() - 1).kept();
            for (int[][] layer : kept) {
                for (int[] head : layer) {
                    assertThat(head).hasSize(64).startsWith(0, 1, 2, 3, 4, 5);
                }
            }
        }
    }

    @Test
    void theRecentShareStaysAfterTheFinalChunkToo() {
        try (LocretEngine engine =
                LocretEngine.load(EngineFixtures.withHeads().recentShare(0.25).build())) {
            List<TraceResult.Chunk> chunks =
                    engine.trace(prompt(400, 9), 1, false).chunks();
            for (TraceResult.Chunk chunk : chunks.subList(4, chunks.size())) {
                for (int[][] layer : chunk.kept()) {
                    for (int[] head : layer) {
                        int[] last =
                                IntStream.range(chunk.end() - 16, chunk.end()).toArray();
                        assertThat(head).hasSize(64).endsWith(last);
                    }
                }
            }
        }
    }

    @Test
    void positionsOfTheTextEndWithTheWindow() {
        EngineOptions options = EngineFixtures.options()
                .chunkSize(512)
                .positions(PositionMode.ORIGINAL)
                .policy("streaming-llm")
                .build();
        try (LocretEngine engine = LocretEngine.load(options)) {
            assertThatThrownBy(() -> run(engine, 4096, 1, null))
                    .hasMessage("prompt does not fit the window and positions are those of the text: tokens=4096,"
                            + " window=4096");
            GenerationResult result = run(engine, 4093, 0, null);
            assertThat(result.finish()).isEqualTo(Finish.LENGTH);
            assertThat(result.outputTokens()).isEqualTo(3);
        }
    }

    private static GenerationResult run(LocretEngine engine, int promptTokens, int maxOutputTokens, String policy) {
        return engine.generate(EngineFixtures.request(prompt(promptTokens, 3), FLAT, maxOutputTokens, policy));
    }
}
