package dev.locret.engine;

import static org.assertj.core.api.Assertions.assertThat;

import dev.locret.generate.SamplingParameters;
import dev.locret.testing.DemoEngine;
import dev.locret.testing.DemoModel;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** SmolLM2-135M-Instruct answers a chat that grows, and one whose last question changes, as if it read all again. */
class PrefixReuseRealModelTest {
    private static LocretEngine reusing;
    private static LocretEngine reading;

    @BeforeAll
    static void load() {
        reusing = LocretEngine.load(options().build());
        reading = LocretEngine.load(options().prefixCacheBytes(0).build());
    }

    private static EngineOptions.Builder options() {
        return EngineOptions.builder(DemoModel.path())
                .headsPath(DemoEngine.heads())
                .threads(1)
                .cacheBudget(192)
                .chunkSize(64)
                .stabilizers(24)
                .localTokens(32)
                .reserve(64);
    }

    @AfterAll
    static void close() {
        reusing.close();
        reading.close();
    }

    @ParameterizedTest
    @ValueSource(strings = {"locret", "keydiff"})
    void answersAreTheSameWithAndWithoutReuse(String policy) {
        StringBuilder text = new StringBuilder();
        for (int i = 0; i < 20; i++) {
            text.append("The password of room ")
                    .append(i)
                    .append(" is ")
                    .append(7919 * (i + 3) % 10000)
                    .append(". ");
        }
        String document = text.toString();
        List<String> questions = List.of(
                "What is the password of room 3?",
                "What is the password of room 19?",
                "Write down everything that you know about the rooms and their passwords, one after the other, please.");
        int cached = 0;
        for (String question : questions) {
            String chat = "<|im_start|>user\n" + document + question + "<|im_end|>\n<|im_start|>assistant\n";
            for (int turn = 0; turn < 2; turn++) {
                GenerationRequest request = new GenerationRequest(
                        reusing.tokenizer().encode(chat, true),
                        0,
                        SamplingParameters.GREEDY,
                        12,
                        List.of(),
                        policy,
                        null);
                GenerationResult expected = reading.generate(request);
                GenerationResult actual = reusing.generate(request);
                assertThat(actual.tokens()).as(chat).containsExactly(expected.tokens());
                assertThat(actual.entriesEvicted()).isEqualTo(expected.entriesEvicted());
                cached += actual.cachedTokens();
                chat += actual.text() + "<|im_end|>\n<|im_start|>user\nThank you. And the next room?<|im_end|>\n"
                        + "<|im_start|>assistant\n";
            }
        }
        assertThat(cached).isGreaterThan(5 * 192);
    }

    @Test
    void aPromptOfFifteenHundredTokensIsAnsweredTheSameFourTimes() {
        StringBuilder document = new StringBuilder("This is the list of another house. ");
        for (int i = 0; i < 112; i++) {
            document.append("The password of room ")
                    .append(i)
                    .append(" is ")
                    .append(7919 * (i + 3) % 10000)
                    .append(". ");
        }
        String begin = "<|im_start|>user\n" + document + "<|im_end|>\n<|im_start|>user\n";
        String end = "<|im_end|>\n<|im_start|>assistant\n";
        GenerationRequest request = greedy(begin + "What is the password of room 3?" + end);
        assertThat(request.promptTokens().length).isBetween(1500, 2500);
        int[] expected = reading.generate(request).tokens();

        for (int i = 0; i < 4; i++) {
            GenerationResult result = reusing.generate(request);
            assertThat(result.tokens()).containsExactly(expected);
            assertThat(result.cachedTokens() > 0).isEqualTo(i > 0);
        }
        GenerationResult edited = reusing.generate(greedy(begin + "And that of room 100?" + end));
        assertThat(edited.tokens())
                .containsExactly(reading.generate(greedy(begin + "And that of room 100?" + end))
                        .tokens());
        // Only the last message is new.
        assertThat(edited.cachedTokens()).isGreaterThan(edited.promptTokens() - 128);
    }

    private static GenerationRequest greedy(String chat) {
        int[] prompt = reusing.tokenizer().encode(chat, true);
        List<Integer> ends = reusing.tokenizer().eosIds();
        return new GenerationRequest(prompt, 0, SamplingParameters.GREEDY, 12, List.of(), null, null)
                .withMessageBorders(IntStream.range(1, prompt.length)
                        .filter(i -> ends.contains(prompt[i - 1]))
                        .toArray());
    }
}
