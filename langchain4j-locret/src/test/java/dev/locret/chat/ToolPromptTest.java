package dev.locret.chat;

import static dev.locret.chat.Prompts.TOKENIZER;
import static dev.locret.chat.Prompts.mapper;
import static dev.locret.chat.Prompts.template;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.langchain4j.agent.tool.ToolExecutionRequest;
import dev.langchain4j.agent.tool.ToolSpecification;
import dev.langchain4j.data.message.AiMessage;
import dev.langchain4j.data.message.ChatMessage;
import dev.langchain4j.data.message.SystemMessage;
import dev.langchain4j.data.message.ToolExecutionResultMessage;
import dev.langchain4j.data.message.UserMessage;
import dev.langchain4j.exception.UnsupportedFeatureException;
import dev.langchain4j.model.chat.request.json.JsonObjectSchema;
import dev.locret.chat.answer.AnswerParser.Start;
import java.io.IOException;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ToolPromptTest {
    private static final ToolSpecification WEATHER = ToolSpecification.builder()
            .name("get_weather")
            .description("Weather for <city> & \"region\" it's")
            .parameters(JsonObjectSchema.builder()
                    .addStringProperty("city", "City name")
                    .addIntegerProperty("days")
                    .required("city")
                    .build())
            .build();
    private static final ToolSpecification NOW =
            ToolSpecification.builder().name("now").build();

    @ParameterizedTest
    @ValueSource(strings = {"llama31", "qwen25", "qwen3"})
    void offersToolsAsJinja2RendersThem(String template) throws IOException {
        assertThat(prompt(
                        template(template),
                        List.of(WEATHER),
                        SystemMessage.from("Use tools."),
                        UserMessage.from("Weather in München?")))
                .isEqualTo(golden(template, "tools"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"llama31", "qwen25", "qwen3"})
    void showsCallsAndResultsAsJinja2RendersThem(String template) throws IOException {
        ToolExecutionRequest call = call("c1", "get_weather", "{\"city\": \"München\", \"days\": 2}");

        assertThat(prompt(
                        template(template),
                        List.of(WEATHER),
                        SystemMessage.from("Use tools."),
                        UserMessage.from("Weather?"),
                        AiMessage.from(call),
                        ToolExecutionResultMessage.from(call, "{\"t\": 21.5, \"s\": \"<clear>\"}"),
                        UserMessage.from("Thanks")))
                .isEqualTo(golden(template, "tool_round_trip"));
    }

    @Test
    void givesLlamaOneCallAtATime() {
        ToolExecutionRequest first = call("1", "now", "{}");
        ToolExecutionRequest second = call("2", "get_weather", "{\"city\": \"Oslo\"}");

        String prompt = prompt(
                template("llama31"),
                List.of(WEATHER, NOW),
                UserMessage.from("?"),
                AiMessage.from("Two things.", List.of(first, second)),
                ToolExecutionResultMessage.from(second, "rain"),
                ToolExecutionResultMessage.from(first, "noon"));

        assertThat(prompt)
                .containsSubsequence(
                        "Two things.",
                        "{\"name\": \"now\", \"parameters\": {}}",
                        "\"noon\"",
                        "{\"name\": \"get_weather\", \"parameters\": {\"city\": \"Oslo\"}}",
                        "\"rain\"");
    }

    @Test
    void tellsAModelWithoutToolTemplateInWords() {
        ToolExecutionRequest first = call("1", "now", "{}");
        ToolExecutionRequest second = call("2", "get_weather", "{\"city\": \"Oslo\"}");
        ChatMessage[] history = {
            SystemMessage.from("Be brief."),
            UserMessage.from("Weather in Oslo?"),
            AiMessage.from("I look.", List.of(first, second)),
            ToolExecutionResultMessage.from(first, "noon"),
            ToolExecutionResultMessage.from(second, "rain")
        };

        String prompt = prompt(template("smollm2"), List.of(WEATHER, NOW), history);

        assertThat(prompt)
                .startsWith("<|im_start|>system\nBe brief.\n\nYou can call these tools, one JSON object each:\n"
                        + "{\"name\":\"get_weather\",\"description\":")
                .endsWith(
                        "<|im_start|>assistant\nI look.\n<tool_call>\n{\"name\":\"now\",\"arguments\":{}}\n</tool_call>\n"
                                + "<tool_call>\n{\"name\":\"get_weather\",\"arguments\":{\"city\":\"Oslo\"}}\n</tool_call><|im_end|>\n"
                                + "<|im_start|>user\n<tool_response>\nnoon\n</tool_response>\n<tool_response>\nrain\n"
                                + "</tool_response><|im_end|>\n<|im_start|>assistant\n");
        assertThat(prompt(template("smollm2"), List.of(NOW), UserMessage.from("?")))
                .startsWith("<|im_start|>system\nYou can call these tools");
    }

    @Test
    void tellsTheUserWhereSystemMessagesAreRefused() {
        String noSystem = "{% for m in messages %}{% if m.role == 'system' %}{{ raise_exception('no system') }}"
                + "{% endif %}{{ m.role }}: {{ m.content }}\n{% endfor %}";

        assertThat(prompt(noSystem, List.of(NOW), UserMessage.from("Time?")))
                .startsWith("user: You can call these tools")
                .endsWith("\n\nTime?\n");
    }

    @Test
    void givesMistralIdsOfItsForm() {
        String template = "{% for m in messages %}{% if m.tool_calls %}[TOOL_CALLS]{% for c in m.tool_calls %}"
                + "{{ c.function | tojson }}#{{ c.id }}{% endfor %}{% elif m.role == 'tool' %}[TOOL_RESULTS]"
                + "{{ m.tool_call_id }}:{{ m.content }}{% else %}{{ m.content }}{% endif %}{% endfor %}";
        ToolExecutionRequest call = call("call_abc", "now", "{}");

        String prompt = prompt(
                template,
                List.of(NOW),
                UserMessage.from("?"),
                AiMessage.from(call),
                ToolExecutionResultMessage.from(call, "noon"));

        assertThat(prompt)
                .matches("\\?\\[TOOL_CALLS]\\{\"name\": \"now\", \"arguments\": \\{}}#([0-9A-Za-z]{9})"
                        + "\\[TOOL_RESULTS]\\1:noon");
    }

    @Test
    void putsPhisToolsIntoTheSystemMessage() {
        String template = "{% for message in messages %}{% if message['role'] == 'system' and 'tools' in message %}"
                + "<|system|>{{ message['content'] }}<|tool|>{{ message['tools'] }}<|/tool|>"
                + "{% else %}<|{{ message['role'] }}|>{{ message['content'] }}{% endif %}{% endfor %}";
        ToolExecutionRequest call = call("1", "now", "{}");

        assertThat(prompt(
                        template,
                        List.of(NOW),
                        UserMessage.from("?"),
                        AiMessage.from(call),
                        ToolExecutionResultMessage.from(call, "noon")))
                .isEqualTo(
                        "<|system|><|tool|>[{\"name\":\"now\",\"description\":\"\",\"parameters\":{\"type\":\"object\","
                                + "\"properties\":{}}}]<|/tool|><|user|>?<|assistant|>"
                                + "<|tool_call|>[{\"name\":\"now\",\"arguments\":{}}]<|/tool_call|><|tool_response|>noon");
    }

    @ParameterizedTest
    @CsvSource({"qwen25,'<tool_call>\n'", "smollm2,'<tool_call>\n'", "llama31,''"})
    void opensACallThatIsForced(String template, String opener) {
        PromptOptions free = new PromptOptions(List.of(NOW), false, false, null, true);
        PromptOptions forced = new PromptOptions(List.of(NOW), true, false, null, true);
        List<ChatMessage> messages = List.of(UserMessage.from("?"));

        Prompt prompt = mapper(template(template)).toPrompt(messages, forced);

        assertThat(prompt.start()).isEqualTo(Start.CALL);
        assertThat(TOKENIZER.decode(prompt.tokens(), false))
                .isEqualTo(TOKENIZER.decode(
                                mapper(template(template))
                                        .toPrompt(messages, free)
                                        .tokens(),
                                false)
                        + opener);
    }

    @Test
    void switchesThinking() {
        MessageMapper qwen3 = mapper(template("qwen3"));
        MessageMapper opening = mapper("{{ messages[0].content }}{% if add_generation_prompt %}<think>\n{% endif %}");
        MessageMapper silent = mapper("{{ messages[0].content.split('</think>')[-1] }}:");

        assertThat(think(qwen3, null)).startsWith("MAY_THINK ").endsWith("<|im_start|>assistant\n");
        assertThat(think(qwen3, true)).isEqualTo(think(qwen3, null));
        assertThat(think(qwen3, false)).endsWith("<|im_start|>assistant\n<think>\n\n</think>\n\n");
        assertThat(think(opening, null)).isEqualTo("THINKING ?<think>\n");
        assertThat(think(opening, true)).isEqualTo("THINKING ?<think>\n");
        assertThat(think(opening, false)).isEqualTo("MAY_THINK ?<think>\n\n</think>\n\n");
        assertThat(think(silent, null)).isEqualTo("MAY_THINK ?:");
        assertThat(think(silent, false)).isEqualTo("MAY_THINK ?:<think>\n\n</think>\n\n");
        assertThat(think(mapper(template("smollm2")), false))
                .startsWith("TEXT ")
                .doesNotContain("think");
        assertThatThrownBy(() -> think(mapper(template("smollm2")), true))
                .isExactlyInstanceOf(UnsupportedFeatureException.class)
                .hasMessage("parameter 'think' (the chat template of the model knows no thinking) is not supported by"
                        + " Locret");
    }

    /** The start of the answer, and the prompt. */
    private static String think(MessageMapper mapper, Boolean think) {
        Prompt prompt = mapper.toPrompt(
                List.of(UserMessage.from("?")), new PromptOptions(List.of(), false, false, think, true));
        return prompt.start() + " " + TOKENIZER.decode(prompt.tokens(), false);
    }

    @Test
    void sendsThoughtsOnlyIfToldSo() {
        String shows = "{% for m in messages %}{{ m.reasoning_content }}|{{ m.content }};{% endfor %}";
        List<ChatMessage> messages = List.of(
                UserMessage.from("?"),
                AiMessage.builder().text("Yes").thinking("hm").build());

        assertThat(decode(mapper(shows).toPrompt(messages, new PromptOptions(List.of(), false, false, null, true))))
                .isEqualTo("|?;hm|Yes;");
        assertThat(decode(mapper(shows).toPrompt(messages, new PromptOptions(List.of(), false, false, null, false))))
                .isEqualTo("|?;|Yes;");
    }

    private static String decode(Prompt prompt) {
        return TOKENIZER.decode(prompt.tokens(), false);
    }

    private static String prompt(String template, List<ToolSpecification> tools, ChatMessage... messages) {
        return decode(mapper(template).toPrompt(List.of(messages), new PromptOptions(tools, false, false, null, true)));
    }

    private static ToolExecutionRequest call(String id, String name, String arguments) {
        return ToolExecutionRequest.builder()
                .id(id)
                .name(name)
                .arguments(arguments)
                .build();
    }

    /** What the golden file says, with the control tokens of the vocabulary that is used here. */
    private static String golden(String template, String name) throws IOException {
        for (JsonNode c : new ObjectMapper()
                .readTree(ToolPromptTest.class.getResourceAsStream("/chat-templates/expected.json"))) {
            if (c.get("template").asText().equals(template)
                    && c.get("case").asText().equals(name)) {
                return c.get("rendered").asText().replace("<|begin_of_text|>", "<|im_start|>");
            }
        }
        throw new IllegalArgumentException(template + " " + name);
    }
}
