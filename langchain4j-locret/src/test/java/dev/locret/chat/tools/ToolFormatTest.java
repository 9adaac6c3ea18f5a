package dev.locret.chat.tools;

import static org.assertj.core.api.Assertions.assertThat;

import dev.langchain4j.agent.tool.ToolExecutionRequest;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ToolFormatTest {
    @ParameterizedTest
    @CsvSource({"llama31,LLAMA3", "qwen25,HERMES", "qwen3,HERMES", "smollm2,GENERIC", "phi3,GENERIC"})
    void isFoundInRealTemplates(String template, ToolFormat format) throws IOException {
        try (InputStream in = ToolFormatTest.class.getResourceAsStream("/chat-templates/" + template + ".jinja")) {
            assertThat(ToolFormat.of(new String(in.readAllBytes(), StandardCharsets.UTF_8)))
                    .isEqualTo(format);
        }
    }

    @Test
    void isFoundByItsMarks() {
        assertThat(ToolFormat.of("{% if tools %}[AVAILABLE_TOOLS]{% endif %}[TOOL_CALLS]"))
                .isEqualTo(ToolFormat.MISTRAL);
        assertThat(ToolFormat.of("{{ '<|tool|>' + message['tools'] + '<|/tool|>' }}"))
                .isEqualTo(ToolFormat.PHI4);
        assertThat(ToolFormat.of("{% for t in tools %}<tool_call><function=f></function></tool_call>"))
                .as("calls written as XML")
                .isEqualTo(ToolFormat.GENERIC);
        assertThat(ToolFormat.of("<tool_call>")).as("no tools").isEqualTo(ToolFormat.GENERIC);
    }

    @Test
    void idsHaveTheFormThatMistralDemands() {
        assertThat(ToolCallIds.next()).matches("[0-9A-Za-z]{9}").isNotEqualTo(ToolCallIds.next());
        assertThat(ToolCallIds.normalise("a1B2c3D4e")).isEqualTo("a1B2c3D4e");
        assertThat(ToolCallIds.normalise("call_12345678"))
                .matches("[0-9A-Za-z]{9}")
                .isEqualTo(ToolCallIds.normalise("call_12345678"))
                .isNotEqualTo(ToolCallIds.normalise("call_12345679"));
        assertThat(ToolCallIds.normalise(null)).matches("[0-9A-Za-z]{9}");
    }

    @Test
    void argumentsThatAreNoObjectStayText() {
        assertThat(ToolSchemas.arguments(call("{\"a\": [1, null]}")))
                .isEqualTo(Map.of("a", java.util.Arrays.asList(1, null)));
        assertThat(ToolSchemas.arguments(call("{broken"))).isEqualTo("{broken");
        assertThat(ToolSchemas.arguments(call("[1]"))).isEqualTo("[1]");
        assertThat(ToolSchemas.arguments(call(null))).isEqualTo(Map.of());
    }

    private static ToolExecutionRequest call(String arguments) {
        return ToolExecutionRequest.builder().name("f").arguments(arguments).build();
    }
}
