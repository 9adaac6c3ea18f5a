package dev.locret.engine;

import static dev.locret.engine.EngineFixtures.prompt;
import static org.assertj.core.api.Assertions.assertThat;

import dev.locret.generate.SamplingParameters;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** A prompt that begins like an earlier one is read from there on, and its answer is what it would have been. */
class PrefixReuseTest {
    private static LocretEngine engine(EngineOptions.Builder options) {
        return EngineFixtures.engine(options, EngineFixtures.backend(), new FakeClock());
    }

    private static GenerationRequest drawn(int[] prompt, String policy) {
        SamplingParameters sampling = new SamplingParameters(0.8, 40, 0.95, 0.01, 1.1, 0.1, 0.1, 7L);
        return EngineFixtures.request(prompt, sampling, 12, policy);
    }

    private static int[] changed(int[] prompt, int at) {
        int[] copy = prompt.clone();
        copy[at] = copy[at] == 3 ? 4 : 3;
        return copy;
    }

    private static int[] joined(int[] first, int... then) {
        int[] all = Arrays.copyOf(first, first.length + then.length);
        System.arraycopy(then, 0, all, first.length, then.length);
        return all;
    }

    @ParameterizedTest
    @CsvSource({
        "locret, uniform",
        "locret, pooled",
        "locret, pyramid",
        "keydiff, uniform",
        "keydiff, pooled",
        "streaming-llm, uniform",
        "h2o, uniform",
        "h2o, pooled",
        "snapkv, uniform",
        "tova, pyramid",
        "sirllm, uniform",
        "random, uniform",
        "none, uniform",
        "none, pooled"
    })
    void answersAreTheSameWithAndWithoutReuse(String policy, String allocation) {
        // Capacity 80 with policy none.
        int longest = policy.equals("none") ? 68 : 400;
        Random random = new Random(5);
        List<int[]> prompts = new ArrayList<>(List.of(prompt(longest, 1)));
        for (int i = 0; i < 40; i++) {
            int[] before = prompts.get(random.nextInt(prompts.size()));
            // One in three ends so that its local part begins at the border of a chunk.
            int length = 1 + random.nextInt(longest);
            length = i % 3 == 0 ? Math.min(longest, length / 16 * 16 + 4) : length;
            int[] next = length <= before.length
                    ? Arrays.copyOf(before, length)
                    : joined(before, prompt(length - before.length, i));
            prompts.add(i % 4 == 1 ? changed(next, random.nextInt(next.length)) : next);
        }
        int hits = 0;
        try (LocretEngine reusing = engine(
                        EngineFixtures.withHeads().budgetAllocation(allocation).prefixCacheBytes(10 << 20));
                LocretEngine reading = engine(
                        EngineFixtures.withHeads().budgetAllocation(allocation).prefixCacheBytes(0))) {
            for (int[] prompt : prompts) {
                GenerationResult expected = reading.generate(drawn(prompt, policy));
                GenerationResult actual = reusing.generate(drawn(prompt, policy));
                assertThat(expected.cachedTokens()).isZero();
                assertThat(actual.tokens()).as("%s tokens", prompt.length).containsExactly(expected.tokens());
                assertThat(actual.entriesKept()).isEqualTo(expected.entriesKept());
                assertThat(actual.entriesEvicted()).isEqualTo(expected.entriesEvicted());
                assertThat(actual.promptTokens()).isEqualTo(prompt.length);
                assertThat(actual.cachedTokens() % 16).isZero();
                hits += actual.cachedTokens() > 0 ? 1 : 0;
            }
        }
        assertThat(hits).isGreaterThan(15);
    }

    @Test
    void aRepeatedPromptIsReadFromTheLastBorderBeforeItsLocalPart() {
        try (LocretEngine engine = engine(EngineFixtures.withHeads())) {
            int[] prompt = prompt(200, 1);
            Events first = new Events();
            Events second = new Events();
            GenerationRequest request = drawn(prompt, null);
            assertThat(engine.submit(request, first).await().readTokens()).isEqualTo(200);
            GenerationResult again = engine.submit(request, second).await();
            // 196 = 12 · 16 + 4.
            assertThat(again.cachedTokens()).isEqualTo(192);
            assertThat(again.readTokens()).isEqualTo(8);
            assertThat(first.read).startsWith(16, 32).endsWith(192, 196, 200);
            assertThat(second.read).containsExactly(196, 200);
        }
    }

    @Test
    void anotherLastMessageLeavesWhatCameBefore() {
        try (LocretEngine engine = engine(EngineFixtures.withHeads())) {
            int[] document = prompt(150, 1);
            int[] ask = joined(document, prompt(90, 2));
            engine.generate(drawn(ask, null).withMessageBorders(0, 150));
            GenerationResult other =
                    engine.generate(drawn(joined(document, prompt(60, 3)), null).withMessageBorders(0, 150));
            assertThat(other.cachedTokens()).isEqualTo(144);
        }
    }

    @Test
    void thePolicyIsPartOfWhatIsShared() {
        try (LocretEngine engine = engine(EngineFixtures.withHeads())) {
            int[] prompt = prompt(200, 1);
            engine.generate(drawn(prompt, "locret"));
            assertThat(engine.generate(drawn(prompt, "streaming-llm")).cachedTokens())
                    .isZero();
            assertThat(engine.generate(drawn(prompt, "locret")).cachedTokens()).isEqualTo(192);
        }
    }

    @Test
    void theCallersArrayMayChangeAfterwards() {
        try (LocretEngine engine = engine(EngineFixtures.withHeads())) {
            int[] prompt = prompt(200, 1);
            int[] changed = changed(prompt, 5);
            GenerationResult expected = engine.generate(drawn(changed, null));
            int[] mine = prompt.clone();
            engine.generate(drawn(mine, null));
            mine[5] = changed[5];
            GenerationResult actual = engine.generate(drawn(mine, null));
            assertThat(actual.tokens()).containsExactly(expected.tokens());
        }
    }

    @Test
    void aTraceReadsEveryChunk() {
        try (LocretEngine engine = engine(EngineFixtures.withHeads())) {
            int[] prompt = prompt(200, 1);
            engine.generate(drawn(prompt, null));
            assertThat(engine.trace(prompt, 1, false).chunks()).hasSize(13);
        }
    }
}
