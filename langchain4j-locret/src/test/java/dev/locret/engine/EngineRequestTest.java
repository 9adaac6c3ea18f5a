package dev.locret.engine;

import static dev.locret.engine.EngineFixtures.prompt;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.locret.common.ErrorId;
import dev.locret.common.LocretException;
import dev.locret.engine.GenerationResult.Finish;
import dev.locret.generate.SamplingParameters;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** One request at a time: what is refused, how an answer ends, and seeds. */
class EngineRequestTest {
    private final ProbedBackend backend = EngineFixtures.backend();
    private LocretEngine engine;

    @BeforeEach
    void load() {
        engine = EngineFixtures.engine(EngineFixtures.withHeads(), backend, new FakeClock());
    }

    @AfterEach
    void close() {
        engine.close();
    }

    private static GenerationRequest drawn(int promptTokens, int seed, int maxOutputTokens) {
        SamplingParameters sampling = new SamplingParameters(0.8, 40, 0.95, 0.01, 1.1, 0.1, 0.1, (long) seed);
        return EngineFixtures.request(prompt(promptTokens, seed), sampling, maxOutputTokens, null);
    }

    @Test
    void badRequestsAreRefusedWithTheirValues() {
        GenerationRequest good = drawn(3, 1, 1);
        assertRefused(with(good, new int[] {}), ErrorId.INVALID_PROMPT, "prompt is empty: tokens=0");
        assertRefused(
                with(good, new int[] {5, 512}),
                ErrorId.INVALID_PROMPT,
                "token id outside the vocabulary: prompt[1]=512, vocabulary=512");
        assertRefused(
                with(good, new int[] {-1}),
                ErrorId.INVALID_PROMPT,
                "token id outside the vocabulary: prompt[0]=-1, vocabulary=512");
        SamplingParameters greedy = SamplingParameters.GREEDY;
        int[] p = good.promptTokens();
        assertRefused(
                new GenerationRequest(p, 5, greedy, 1, List.of(), null, null),
                ErrorId.INVALID_ARGUMENT,
                "local-tokens out of range: local-tokens=5, allowed=0..4");
        assertRefused(
                new GenerationRequest(p, 0, greedy, -1, List.of(), null, null),
                ErrorId.INVALID_ARGUMENT,
                "max-output-tokens out of range: max-output-tokens=-1, allowed=0..2147483647");
        assertRefused(
                new GenerationRequest(p, 0, greedy, 1, List.of(), null, Duration.ZERO),
                ErrorId.INVALID_ARGUMENT,
                "timeout must be positive: timeout=PT0S");
        assertRefused(
                new GenerationRequest(p, 0, greedy, 1, List.of(""), null, null),
                ErrorId.INVALID_ARGUMENT,
                "stop text is empty: stops=[]");
        assertRefused(
                new GenerationRequest(p, 0, null, 1, List.of(), null, null),
                ErrorId.INVALID_ARGUMENT,
                "sampling is missing: sampling=null");
        assertRefused(
                new GenerationRequest(p, 0, greedy, 1, List.of("x"), null, null),
                ErrorId.TOKENIZER,
                "tokenizer: no tokenizer.json beside the weights: " + EngineFixtures.tiny());
    }

    @ParameterizedTest
    @ValueSource(strings = {"locret", "keydiff", "streaming-llm", "none"})
    void aPromptOfOneTokenOrFewIsAllLocal(String policy) {
        for (int tokens : new int[] {1, 2, 4, 5}) {
            int[] prompt = prompt(tokens, 3);
            GenerationResult result =
                    engine.generate(EngineFixtures.request(prompt, SamplingParameters.GREEDY, 3, policy));
            assertThat(result.promptTokens()).isEqualTo(tokens);
            assertThat(result.entriesKept()).isEqualTo(tokens);
            assertThat(result.tokens())
                    .hasSizeBetween(1, 3)
                    .isEqualTo(engine.generate(EngineFixtures.request(prompt, SamplingParameters.GREEDY, 3, "none"))
                            .tokens());
        }
    }

    @Test
    void theModelsEndTokenEndsAndIsNoneOfTheAnswer() {
        backend.onSample = (specs, tokens) -> tokens[0] = specs[0].step() < 3 ? 9 : EngineFixtures.END;
        GenerationResult result = engine.generate(drawn(100, 1, 5));
        assertThat(result.finish()).isEqualTo(Finish.STOP);
        assertThat(result.tokens()).containsExactly(9, 9, 9);
        assertThat(result.outputTokens()).isEqualTo(3);
        assertThat(result.text()).isEmpty();
    }

    @Test
    void theLimitCountsTheAnswerOnly() {
        backend.onSample = (specs, tokens) -> tokens[0] = 9;
        GenerationResult result = engine.generate(drawn(100, 1, 5));
        assertThat(result.finish()).isEqualTo(Finish.LENGTH);
        assertThat(result.outputTokens()).isEqualTo(5);
        assertThat(result.promptTokens()).isEqualTo(100);
    }

    @Test
    void aDrawnSeedIsReportedAndRepeatsTheAnswer() {
        SamplingParameters sampling = new SamplingParameters(1, 0, 1, 0, 1, 0, 0, null);
        GenerationResult first = engine.generate(EngineFixtures.request(prompt(30, 1), sampling, 20, null));
        SamplingParameters again = new SamplingParameters(1, 0, 1, 0, 1, 0, 0, first.seed());
        GenerationResult second = engine.generate(EngineFixtures.request(prompt(30, 1), again, 20, null));
        assertThat(second.tokens()).containsExactly(first.tokens());
        GenerationResult other = engine.generate(EngineFixtures.request(prompt(30, 1), sampling, 20, null));
        assertThat(other.seed()).isNotEqualTo(first.seed());
        assertThat(other.tokens()).isNotEqualTo(first.tokens());
    }

    private static GenerationRequest with(GenerationRequest request, int[] prompt) {
        return new GenerationRequest(prompt, 0, request.sampling(), 1, List.of(), null, null);
    }

    private void assertRefused(GenerationRequest request, ErrorId id, String message) {
        assertThatThrownBy(() -> engine.submit(request, GenerationListener.NONE))
                .isInstanceOfSatisfying(
                        LocretException.class, e -> assertThat(e.id()).isEqualTo(id))
                .hasMessage(message);
    }
}
