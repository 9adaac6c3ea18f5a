package dev.locret.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.locret.common.ErrorId;
import dev.locret.common.LocretException;
import dev.locret.engine.GenerationResult.Finish;
import dev.locret.generate.SamplingParameters;
import dev.locret.testing.DemoModel;
import dev.locret.text.Tokenizer;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** SmolLM2-135M-Instruct: what needs a tokenizer and words. */
class RealModelTest {
    private static LocretEngine engine;

    @BeforeAll
    static void load() {
        engine = LocretEngine.load(EngineOptions.builder(DemoModel.path())
                .threads(1)
                .cacheBudget(128)
                .chunkSize(64)
                .localTokens(32)
                .reserve(32)
                .maxSessions(2)
                .build());
    }

    @AfterAll
    static void close() {
        engine.close();
    }

    private static int[] chat(String question) {
        Tokenizer tokenizer = engine.tokenizer();
        return tokenizer.encodePrompt(engine.chatTemplate()
                .orElseThrow()
                .render(Map.of(
                        "messages",
                        List.of(Map.of("role", "user", "content", question)),
                        "add_generation_prompt",
                        true)));
    }

    private static GenerationRequest greedy(String question, int maxOutputTokens, List<String> stops) {
        return new GenerationRequest(chat(question), 0, SamplingParameters.GREEDY, maxOutputTokens, stops, null, null);
    }

    @Test
    void answersAQuestionAndEndsByItself() {
        Events events = new Events();
        GenerationResult result = engine.submit(
                        greedy("What is the capital of France? Answer in one sentence.", 30, List.of()), events)
                .await();
        assertThat(result.text()).contains("Paris");
        assertThat(result.finish()).isEqualTo(Finish.STOP);
        assertThat(result.text()).doesNotContain("<|im_end|>");
        assertThat(String.join("", events.text)).isEqualTo(result.text());
        assertThat(events.text).doesNotContain("");
        assertThat(engine.tokenizer().decode(result.tokens(), true)).isEqualTo(result.text());
    }

    @Test
    void aStopTextAcrossTokensIsCutOffAndNeverTold() {
        GenerationRequest free = greedy("Count from 1 to 10, separated by commas.", 24, List.of());
        String whole = engine.generate(free).text();
        // The stop begins in the middle of one token's text and ends in another's.
        int at = whole.indexOf("4") + 1;
        String stop = whole.substring(at, at + 4);
        Events events = new Events();
        GenerationResult result = engine.submit(
                        greedy("Count from 1 to 10, separated by commas.", 24, List.of(stop, "never")), events)
                .await();
        assertThat(result.finish()).isEqualTo(Finish.STOP);
        assertThat(result.text()).isEqualTo(whole.substring(0, whole.indexOf(stop)));
        assertThat(String.join("", events.text)).isEqualTo(result.text());
    }

    @Test
    void aLongPromptIsReadToItsEndWithoutHeadsByKeyDiff() {
        String question = "Say hello. ".repeat(60) + "What is the capital of France?";
        GenerationResult result = engine.generate(greedy(question, 4, List.of()));
        assertThat(result.policy()).isEqualTo("keydiff");
        assertThat(result.promptTokens()).isEqualTo(chat(question).length);
        assertThat(result.entriesKept()).isEqualTo(128 + 32);
    }

    /** How long that takes is measured, not tested: docs/performance.md. */
    @Test
    void aCancelledPromptIsReadNoFurtherAndLeavesNothing() {
        String question = "What is the capital of France? Answer in one sentence.";
        String expected = engine.generate(greedy(question, 30, List.of())).text();
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
        generation[0] = engine.submit(greedy("Say hello. ".repeat(1000), 4, List.of()), events);
        submitted.open();
        assertThatThrownBy(generation[0]::await).isInstanceOfSatisfying(LocretException.class, e -> assertThat(e.id())
                .isEqualTo(ErrorId.CANCELLED));
        assertThat(engine.generate(greedy(question, 30, List.of())).text()).isEqualTo(expected);
        assertThat(events.read).containsExactly(64);
        assertThat(events.text).isEmpty();
    }

    @Test
    void theModelIsNamedByItsFile() {
        assertThat(DemoModel.path().getFileName()).hasToString(engine.modelName() + ".gguf");
        assertThat(engine.describe()).startsWith("cpu, kernels ");
        assertThat(engine.config().contextLength()).isEqualTo(8192);
    }
}
