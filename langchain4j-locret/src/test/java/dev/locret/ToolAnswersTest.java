package dev.locret;

import static dev.langchain4j.data.message.UserMessage.userMessage;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.langchain4j.agent.tool.Tool;
import dev.langchain4j.agent.tool.ToolExecutionRequest;
import dev.langchain4j.agent.tool.ToolSpecification;
import dev.langchain4j.data.message.ToolExecutionResultMessage;
import dev.langchain4j.exception.InvalidRequestException;
import dev.langchain4j.model.chat.ChatModel;
import dev.langchain4j.model.chat.request.ChatRequest;
import dev.langchain4j.model.chat.request.ChatRequestParameters;
import dev.langchain4j.model.chat.request.ResponseFormat;
import dev.langchain4j.model.chat.request.ResponseFormatType;
import dev.langchain4j.model.chat.request.ToolChoice;
import dev.langchain4j.model.chat.request.json.JsonObjectSchema;
import dev.langchain4j.model.chat.request.json.JsonSchema;
import dev.langchain4j.model.chat.response.ChatResponse;
import dev.langchain4j.model.chat.response.PartialToolCall;
import dev.langchain4j.model.chat.response.StreamingChatResponseHandler;
import dev.langchain4j.model.output.FinishReason;
import dev.langchain4j.service.AiServices;
import dev.locret.chat.MessageMapper;
import dev.locret.engine.LocretEngine;
import dev.locret.engine.ScriptedEngine;
import dev.locret.text.ChatTemplate;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/**
 * From request to answer in the formats of several families, with a script for the model's numbers: of several answers it
 * gives the first that the grammar of the request allows.
 */
class ToolAnswersTest {
    private static final ToolSpecification WEATHER = ToolSpecification.builder()
            .name("get_weather")
            .parameters(JsonObjectSchema.builder()
                    .addStringProperty("city")
                    .required("city")
                    .build())
            .build();
    private static final ToolSpecification NOW =
            ToolSpecification.builder().name("now").build();
    private static final ResponseFormat CITY = ResponseFormat.builder()
            .type(ResponseFormatType.JSON)
            .jsonSchema(JsonSchema.builder()
                    .name("city")
                    .rootElement(JsonObjectSchema.builder()
                            .addStringProperty("city")
                            .required("city")
                            .build())
                    .build())
            .build();
    private static final String OSLO = "{\"city\": \"Oslo\"}";
    private static final String HERMES_CALL =
            "<tool_call>\n{\"name\": \"get_weather\", \"arguments\": " + OSLO + "}\n</tool_call>";
    private static final String MISTRAL = "{# [TOOL_CALLS] [ARGS] #}{{ tools }}{{ messages[-1].content }}";

    private final List<String> prompts = new ArrayList<>();
    private LocretEngine engine;

    @AfterEach
    void close() {
        engine.close();
    }

    @Test
    void jsonComesBehindThoughts() {
        ChatRuntime model = model(
                template("qwen3"), "So, {\"city\"?\n</think>\n\nOslo it is.", "So, {\"city\"?\n</think>\n\n" + OSLO);

        ChatResponse response =
                model.chat(ask(LocretChatRequestParameters.builder().think(true).responseFormat(CITY)));

        assertThat(prompts.get(0)).endsWith("<|im_start|>assistant\n<think>\n");
        assertThat(response.aiMessage().thinking()).isEqualTo("So, {\"city\"?");
        assertThat(response.aiMessage().text()).isEqualTo(OSLO);
        assertThat(response.finishReason()).isEqualTo(FinishReason.STOP);
    }

    @Test
    void jsonWithToolsIsACallOrJsonAlsoBehindThoughts() {
        for (boolean thinks : new boolean[] {false, true}) {
            String thought = thinks ? "hm\n</think>\n\n" : "";
            for (String answer : List.of(HERMES_CALL, OSLO)) {
                ChatResponse response = model(template("qwen3"), thought + "Oslo it is.", thought + answer)
                        .chat(ask(LocretChatRequestParameters.builder()
                                .think(thinks)
                                .toolSpecifications(WEATHER, NOW)
                                .responseFormat(CITY)));

                boolean calls = answer.equals(HERMES_CALL);
                assertThat(response.aiMessage().thinking()).isEqualTo(thinks ? "hm" : null);
                assertThat(response.aiMessage().text()).isEqualTo(calls ? null : OSLO);
                assertThat(calls(response)).isEqualTo(calls ? List.of("get_weather " + OSLO) : List.of());
                close();
            }
        }
    }

    @Test
    void aCallOfAToolThatThereIsNotReachesTheStrategyOfAiServices() {
        String wrong = "{\"type\": \"function\", \"name\": \"get_wether\", \"parameters\": " + OSLO + "}";
        ChatModel model = chatModel(model(
                template("llama31"), prompt -> List.of(prompt.contains("no such tool") ? "I cannot tell." : wrong)));

        assertThatThrownBy(() -> assistant(model, null).chat("Weather?"))
                .hasMessageContaining("trying to execute the 'get_wether' tool, but no such tool exists");
        List<ToolExecutionRequest> seen = new ArrayList<>();
        String answer = assistant(model, call -> {
                    seen.add(call);
                    return ToolExecutionResultMessage.from(call, "no such tool");
                })
                .chat("Weather?");

        assertThat(answer).isEqualTo("I cannot tell.");
        assertThat(seen).singleElement().satisfies(call -> assertThat(call.arguments())
                .isEqualTo(OSLO));
    }

    @Test
    void namesInFrontOfArgumentsAreThoseOfTools() {
        String call = "[TOOL_CALLS]get_weather[ARGS]" + OSLO;

        ChatResponse free = model(MISTRAL, "I look.[TOOL_CALLS]look_up[ARGS]{}", "I look." + call + "\n" + call)
                .chat(ask(parameters(WEATHER, NOW)));
        close();
        ChatResponse forced = model(
                        MISTRAL, "[{\"name\"", "get_weather[CALL_ID]a1B2c3D4e[ARGS]" + OSLO + "[TOOL_CALLS]now[ARGS]{}")
                .chat(ask(parameters(WEATHER, NOW).toolChoice(ToolChoice.REQUIRED)));

        assertThat(free.aiMessage().text()).isEqualTo("I look.");
        assertThat(calls(free)).containsExactly("get_weather " + OSLO, "get_weather " + OSLO);
        assertThat(calls(forced)).containsExactly("get_weather " + OSLO, "now {}");
    }

    @Test
    void anAnswerThatMustCallMayCallSeveralToolsButTheOneToolOnce() {
        String first = "{\"name\": \"get_weather\", \"arguments\": " + OSLO + "}";
        String both = first + "\n</tool_call>\n<tool_call>\n{\"name\": \"now\", \"arguments\": {}}";

        ChatResponse several = model(template("qwen25"), both)
                .chat(ask(parameters(WEATHER, NOW).toolChoice(ToolChoice.REQUIRED)));
        close();
        ChatResponse one =
                model(template("qwen25"), both).chat(ask(parameters(WEATHER).toolChoice(ToolChoice.REQUIRED)));

        assertThat(calls(several)).containsExactly("get_weather " + OSLO, "now {}");
        assertThat(calls(one)).containsExactly("get_weather " + OSLO);
        assertThat(one.finishReason()).isEqualTo(FinishReason.TOOL_EXECUTION);
    }

    @Test
    void aCallThatIsCutIsNoTextWhetherStreamedOrNot() throws Exception {
        ChatRuntime model = model(template("qwen25"), "I look.\n" + HERMES_CALL.replace("Oslo", "O".repeat(200)));
        ChatRequest request = ask(parameters(WEATHER).maxOutputTokens(40));
        Listener listener = new Listener();

        ChatResponse whole = model.chat(request);
        model.stream(request, listener);

        assertThat(whole.finishReason()).isEqualTo(FinishReason.LENGTH);
        assertThat(whole.aiMessage().text()).isEqualTo("I look.");
        assertThat(whole.aiMessage().toolExecutionRequests()).isEmpty();
        assertThat(listener.response.get(60, TimeUnit.SECONDS).aiMessage()).isEqualTo(whole.aiMessage());
        assertThat(String.join("", listener.text)).isEqualTo("I look.");
        assertThat(String.join("", listener.told)).startsWith("{\"city\": \"OO");
    }

    @Test
    void thoughtsThatAreCutAreNoTextWhetherStreamedOrNot() throws Exception {
        // One template leaves the opening to the model, the other does it.
        for (String template : List.of(template("qwen3"), "{{ messages[0].content }}<think>\n")) {
            boolean opens = template.endsWith("<think>\n");
            ChatRuntime model =
                    model(template, (opens ? "" : "<think>\n") + "one two three four five six seven eight nine");
            ChatRequest request =
                    ask(LocretChatRequestParameters.builder().think(true).maxOutputTokens(8));
            Listener listener = new Listener();

            ChatResponse whole = model.chat(request);
            model.stream(request, listener);

            assertThat(whole.finishReason()).isEqualTo(FinishReason.LENGTH);
            assertThat(whole.aiMessage().text()).isNull();
            assertThat(whole.aiMessage().thinking()).startsWith("one two").doesNotContain("<");
            assertThat(listener.response.get(60, TimeUnit.SECONDS).aiMessage()).isEqualTo(whole.aiMessage());
            assertThat(listener.text).isEmpty();
            close();
        }
    }

    @Test
    void proseStreamsThoughToolsAreOfferedAndWhatAStopTextHeldBackIsToldAtTheEnd() throws Exception {
        String prose = "It rains in Oslo: ABCDEFGH and so on, until DEFGHI";
        ChatRuntime model = model(template("qwen25"), prose);
        Listener listener = new Listener();

        model.stream(ask(parameters(WEATHER).stopSequences("DEFGHIJ")), listener);

        assertThat(listener.response.get(60, TimeUnit.SECONDS).aiMessage().text())
                .isEqualTo(prose);
        assertThat(String.join("", listener.text)).isEqualTo(prose);
        assertThat(listener.text).hasSizeGreaterThan(10).doesNotContain("");
        assertThat(listener.told).isEmpty();
    }

    @Test
    void aStopTextThatTheArgumentsHoldEndsTheAnswerWithinTheCall() {
        ChatResponse response = model(template("qwen25"), "I look.\n" + HERMES_CALL.replace("Oslo", "ABCDEFGHIJ"))
                .chat(ask(parameters(WEATHER).stopSequences("DEFGHIJ")));

        assertThat(response.aiMessage().text()).isEqualTo("I look.");
        assertThat(calls(response)).isEmpty();
    }

    @Test
    void twoHundredToolsAreCalledOrCountedAsTooMany() {
        ToolSpecification[] tools = IntStream.range(0, 200)
                .mapToObj(i -> ToolSpecification.builder().name("t" + i).build())
                .toArray(ToolSpecification[]::new);
        ChatResponse response = model("{# <tool_call> tools #}?", "{\"name\": \"t199\", \"arguments\": {}}")
                .chat(ask(parameters(tools).toolChoice(ToolChoice.REQUIRED)));
        assertThat(calls(response)).containsExactly("t199 {}");
        close();

        ChatRuntime told = model(template("qwen25"), "Yes.");
        assertThatThrownBy(() -> told.chat(ask(parameters(tools))))
                .isExactlyInstanceOf(InvalidRequestException.class)
                .hasMessageMatching(
                        "prompt does not fit the cache and policy 'none' drops nothing: tokens=\\d+, capacity=\\d+");
    }

    @Test
    void requestsWithToolsTakeTheTemplateForThem() {
        engine = ScriptedEngine.load(prompt -> {
            prompts.add(prompt);
            return List.of("Yes.");
        });
        ChatRuntime model = runtime(new LoadedModel(
                engine,
                mapper("plain {{ messages[0].content }}"),
                mapper("A template with tools: {{ messages[0].content }}")));

        model.chat(ask(LocretChatRequestParameters.builder()));
        model.chat(ask(parameters(NOW)));
        model.chat(ask(parameters(NOW).toolChoice(ToolChoice.NONE)));

        assertThat(prompts.stream().distinct())
                .satisfiesExactly(prompt -> assertThat(prompt).startsWith("plain Where?"), prompt -> assertThat(prompt)
                        .contains("with tools"));
    }

    /** What a handler hears. */
    private static final class Listener implements StreamingChatResponseHandler {
        final List<String> text = new CopyOnWriteArrayList<>();
        final List<String> told = new CopyOnWriteArrayList<>();
        final CompletableFuture<ChatResponse> response = new CompletableFuture<>();

        @Override
        public void onPartialResponse(String piece) {
            text.add(piece);
        }

        @Override
        public void onPartialToolCall(PartialToolCall piece) {
            told.add(piece.partialArguments());
        }

        @Override
        public void onCompleteResponse(ChatResponse complete) {
            response.complete(complete);
        }

        @Override
        public void onError(Throwable error) {
            response.completeExceptionally(error);
        }
    }

    interface Assistant {
        String chat(String question);
    }

    static class Clock {
        @Tool
        String now() {
            return "noon";
        }
    }

    private static Assistant assistant(
            ChatModel model, Function<ToolExecutionRequest, ToolExecutionResultMessage> strategy) {
        AiServices<Assistant> service =
                AiServices.builder(Assistant.class).chatModel(model).tools(new Clock());
        return (strategy == null ? service : service.hallucinatedToolNameStrategy(strategy)).build();
    }

    private static ChatModel chatModel(ChatRuntime runtime) {
        return new ChatModel() {
            @Override
            public ChatResponse doChat(ChatRequest request) {
                return runtime.chat(request);
            }

            @Override
            public ChatRequestParameters defaultRequestParameters() {
                return runtime.defaults();
            }
        };
    }

    private static LocretChatRequestParameters.Builder parameters(ToolSpecification... tools) {
        return LocretChatRequestParameters.builder().toolSpecifications(tools);
    }

    private ChatRequest ask(LocretChatRequestParameters.Builder parameters) {
        return ChatRequest.builder()
                .messages(userMessage("Where?"))
                .parameters(LocretChatRequestParameters.builder()
                        .modelName("scripted")
                        .overrideWith(parameters.build())
                        .build())
                .build();
    }

    private static List<String> calls(ChatResponse response) {
        return response.aiMessage().toolExecutionRequests().stream()
                .map(call -> call.name() + " " + call.arguments())
                .toList();
    }

    private ChatRuntime model(String template, String... answers) {
        return model(template, prompt -> List.of(answers));
    }

    private ChatRuntime model(String template, Function<String, List<String>> script) {
        engine = ScriptedEngine.load(prompt -> {
            prompts.add(prompt);
            return script.apply(prompt);
        });
        MessageMapper mapper = mapper(template);
        return runtime(new LoadedModel(engine, mapper, mapper));
    }

    private MessageMapper mapper(String template) {
        return new MessageMapper(engine.tokenizer(), Optional.of(ChatTemplate.of(template, "test")), "scripted");
    }

    private static ChatRuntime runtime(LoadedModel model) {
        return new ChatRuntime(
                Map.of("scripted", model),
                false,
                LocretChatRequestParameters.builder().modelName("scripted").build(),
                true,
                true,
                List.of(),
                ChatRuntime.CAPABILITIES);
    }

    private static String template(String name) {
        try (InputStream in = ToolAnswersTest.class.getResourceAsStream("/chat-templates/" + name + ".jinja")) {
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
