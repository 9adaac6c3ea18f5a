package dev.locret.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.Arrays;
import org.junit.jupiter.api.Test;

class ContinuationScoreTest {
    /** Batched and stepwise products of f32 differ in their last bits only. */
    private static final double TOLERANCE = 1e-4;

    private static final int[] TEXT = EngineFixtures.prompt(24, 5);
    private static final int PROMPT = 20;

    @Test
    void eachTokenIsScoredAfterAllThatComesBeforeIt() {
        int[] prompt = Arrays.copyOf(TEXT, PROMPT);
        int[] continuation = Arrays.copyOfRange(TEXT, PROMPT, TEXT.length);
        try (LocretEngine engine =
                LocretEngine.load(EngineFixtures.options().policy("none").build())) {
            double[] scores =
                    engine.score(EngineFixtures.greedy(prompt, 1), continuation).logProbabilities();
            assertThat(scores).hasSize(continuation.length);
            for (int i = 0; i < scores.length; i++) {
                float[] logits =
                        engine.trace(Arrays.copyOf(TEXT, PROMPT + i), 1, true).promptLogits();
                assertThat(scores[i])
                        .isEqualTo(ContinuationScorer.logProbability(logits, continuation[i]), within(TOLERANCE));
            }
        }
    }

    @Test
    void probabilitiesAddUpToOneWhateverTheSizeOfTheLogits() {
        float[] logits = {1000, 1001, 998};
        double sum = 0;
        for (int i = 0; i < logits.length; i++) {
            sum += Math.exp(ContinuationScorer.logProbability(logits, i));
        }
        assertThat(sum).isEqualTo(1, within(1e-12));
    }

    @Test
    void refusesAContinuationThatFullAttentionCannotHold() {
        try (LocretEngine engine =
                LocretEngine.load(EngineFixtures.options().policy("none").build())) {
            int capacity = engine.cachePlan().capacity();
            int[] prompt = EngineFixtures.prompt(capacity - 3, 1);
            assertThatThrownBy(() -> engine.score(EngineFixtures.greedy(prompt, 1), EngineFixtures.prompt(9, 2)))
                    .hasMessageMatching("continuation does not fit the cache and policy 'none' drops nothing: tokens=9,"
                            + " fitted=\\d");
        }
    }
}
