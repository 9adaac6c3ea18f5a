package dev.locret.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.locret.common.ErrorId;
import dev.locret.common.LocretException;
import dev.locret.engine.GenerationResult.Finish;
import dev.locret.generate.SamplingParameters;
import dev.locret.generate.grammar.Grammar;
import dev.locret.testing.DemoModel;
import dev.locret.text.Tokenizer;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** SmolLM2-135M-Instruct: what needs a tokenizer and words. */
class RealModelTest {
    private static final ObjectMapper JSON = new ObjectMapper();

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

    private static GenerationRequest held(String question, Grammar grammar, double temperature, int maxOutputTokens) {
        SamplingParameters sampling = new SamplingParameters(temperature, 0, 0.95, 0, 1, 0, 0, 11L);
        return new GenerationRequest(chat(question), 0, sampling, maxOutputTokens, List.of(), null, null)
                .withGrammar(grammar);
    }

    private static Grammar person() throws IOException {
        return Grammar.ofJsonSchema(JSON.readTree("{\"type\":\"object\",\"properties\":{"
                + "\"name\":{\"type\":\"string\",\"maxLength\":30},"
                + "\"age\":{\"type\":\"integer\",\"minimum\":1,\"maximum\":120},"
                + "\"colour\":{\"enum\":[\"red\",\"green\",\"blue\"]}},"
                + "\"required\":[\"name\",\"age\",\"colour\"]}"));
    }

    @ParameterizedTest
    @ValueSource(doubles = {0, 1, 3})
    void anAnswerHeldToASchemaIsJsonOfThatSchema(double temperature) throws IOException {
        GenerationResult result = engine.generate(
                held("Describe a person with a name, an age and a colour.", person(), temperature, 120));
        assertThat(result.finish()).isEqualTo(Finish.STOP);
        JsonNode value = JSON.readTree(result.text());
        assertThat(value.fieldNames()).toIterable().containsExactly("name", "age", "colour");
        assertThat(value.get("name").textValue().length()).isLessThanOrEqualTo(60);
        assertThat(value.get("age").intValue()).isBetween(1, 120);
        assertThat(value.get("colour").textValue()).isIn("red", "green", "blue");
        // The last brace ends the answer: no token is spent on its end.
        assertThat(engine.tokenizer().decode(result.tokens(), false)).isEqualTo(result.text());
    }

    @Test
    void anAnswerCutOffIsTheBeginningOfOne() throws IOException {
        GenerationRequest request = held("Describe a person.", person(), 0, 5);
        GenerationResult result = engine.generate(request);
        assertThat(result.finish()).isEqualTo(Finish.LENGTH);
        assertThat(result.text()).startsWith("{\"name\":");
        GenerationResult whole = engine.generate(held("Describe a person.", person(), 0, 120));
        assertThat(whole.text()).startsWith(result.text());
    }

    @Test
    void aModelMayEndOnlyWhereTheGrammarMay() {
        Grammar list = Grammar.repeat(Grammar.choice(Grammar.literal("yes"), Grammar.literal("no")), ", ", 2, 3);
        GenerationResult result = engine.generate(held("Say yes.", list, 0, 30));
        assertThat(result.finish()).isEqualTo(Finish.STOP);
        assertThat(result.text()).matches("(yes|no)(, (yes|no)){1,2}");
    }

    @Test
    void aGrammarThatFindsNoWayOnEndsItsOwnAnswerOnly() {
        Grammar stuck = Grammar.sequence(Grammar.literal("a b c"), Grammar.controlToken("<none>"));
        Generation bad = engine.submit(held("Hello", stuck, 0, 30), new Events());
        Generation good = engine.submit(held("Hello", Grammar.literal("one two three four"), 0, 30), new Events());
        assertThatThrownBy(bad::await)
                .isInstanceOfSatisfying(
                        LocretException.class, e -> assertThat(e.id()).isEqualTo(ErrorId.GRAMMAR))
                .hasMessage("grammar: no token of the vocabulary can go on: vocabulary="
                        + engine.tokenizer().vocabularySize());
        assertThat(good.await().text()).isEqualTo("one two three four");
    }
}
