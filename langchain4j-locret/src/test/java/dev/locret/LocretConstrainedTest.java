package dev.locret;

import static dev.langchain4j.data.message.UserMessage.userMessage;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.langchain4j.agent.tool.ToolExecutionRequest;
import dev.langchain4j.agent.tool.ToolSpecification;
import dev.langchain4j.model.chat.request.ChatRequest;
import dev.langchain4j.model.chat.request.ChatRequestParameters;
import dev.langchain4j.model.chat.request.ResponseFormat;
import dev.langchain4j.model.chat.request.ResponseFormatType;
import dev.langchain4j.model.chat.request.ToolChoice;
import dev.langchain4j.model.chat.request.json.JsonObjectSchema;
import dev.langchain4j.model.chat.request.json.JsonSchema;
import dev.langchain4j.model.chat.response.ChatResponse;
import dev.langchain4j.model.output.FinishReason;
import dev.locret.testing.DemoEngine;
import java.util.List;
import org.junit.jupiter.api.Test;

/** A model far too small to know what JSON is gives it all the same. */
class LocretConstrainedTest {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final ToolSpecification WEATHER = ToolSpecification.builder()
            .name("get_weather")
            .description("Tells the weather")
            .parameters(JsonObjectSchema.builder()
                    .addStringProperty("city")
                    .addEnumProperty("unit", List.of("celsius", "fahrenheit"))
                    .required("city", "unit")
                    .build())
            .build();
    private static final ToolSpecification NOW = ToolSpecification.builder()
            .name("now")
            .description("Tells the time")
            .build();
    private static final ResponseFormat CITY = ResponseFormat.builder()
            .type(ResponseFormatType.JSON)
            .jsonSchema(JsonSchema.builder()
                    .name("city")
                    .rootElement(JsonObjectSchema.builder()
                            .addEnumProperty("country", List.of("France", "Norway"))
                            .addBooleanProperty("large")
                            .required("country", "large")
                            .build())
                    .build())
            .build();

    private final LocretChatModel model = LocretChatModel.builder()
            .engine(DemoEngine.shared())
            .maxOutputTokens(60)
            .build();

    @Test
    void callsTheOneToolThatItMust() throws Exception {
        ChatResponse response = chat(ChatRequestParameters.builder()
                .toolSpecifications(WEATHER)
                .toolChoice(ToolChoice.REQUIRED)
                .build());

        assertThat(response.finishReason()).isEqualTo(FinishReason.TOOL_EXECUTION);
        assertThat(response.aiMessage().text()).isNull();
        assertThat(response.aiMessage().toolExecutionRequests()).singleElement().satisfies(call -> {
            assertThat(call.name()).isEqualTo("get_weather");
            assertThat(call.id()).hasSize(9);
            JsonNode arguments = JSON.readTree(call.arguments());
            assertThat(arguments.fieldNames()).toIterable().containsExactly("city", "unit");
            assertThat(arguments.get("unit").asText()).isIn("celsius", "fahrenheit");
        });
    }

    @Test
    void callsOneOfSeveralToolsIfItMust() {
        ChatResponse response = chat(ChatRequestParameters.builder()
                .toolSpecifications(WEATHER, NOW)
                .toolChoice(ToolChoice.REQUIRED)
                .build());

        assertThat(response.aiMessage().toolExecutionRequests())
                .isNotEmpty()
                .extracting(ToolExecutionRequest::name)
                .allMatch(name -> List.of("get_weather", "now").contains(name));
    }

    @Test
    void answersInTheSchema() throws Exception {
        ChatResponse response =
                chat(ChatRequestParameters.builder().responseFormat(CITY).build());

        JsonNode answer = JSON.readTree(response.aiMessage().text());
        assertThat(response.finishReason()).isEqualTo(FinishReason.STOP);
        assertThat(answer.fieldNames()).toIterable().containsExactly("country", "large");
        assertThat(answer.get("large").isBoolean()).isTrue();
    }

    @Test
    void anAnswerThatAStopTextCutsIsABeginning() {
        ChatResponse response = chat(ChatRequestParameters.builder()
                .responseFormat(CITY)
                .stopSequences(List.of("large"))
                .build());

        assertThat(response.finishReason()).isEqualTo(FinishReason.LENGTH);
        assertThat(response.aiMessage().text()).matches("\\{ ?\"country\": ?\"(France|Norway)\", ?\"");
    }

    @Test
    void answersWithSomeObjectOrItsBeginning() throws Exception {
        ChatResponse response = chat(ChatRequestParameters.builder()
                .responseFormat(ResponseFormat.JSON)
                .build());

        assertThat(response.aiMessage().text()).startsWith("{");
        if (response.finishReason() == FinishReason.STOP) {
            assertThat(JSON.readTree(response.aiMessage().text()).isObject()).isTrue();
        }
    }

    @Test
    void anAnswerThatIsCutIsABeginningOfJson() {
        ChatResponse response = chat(ChatRequestParameters.builder()
                .responseFormat(CITY)
                .maxOutputTokens(3)
                .build());

        assertThat(response.finishReason()).isEqualTo(FinishReason.LENGTH);
        assertThat(response.aiMessage().text()).startsWith("{");
    }

    private ChatResponse chat(ChatRequestParameters parameters) {
        return model.chat(ChatRequest.builder()
                .messages(userMessage("What is the weather in Paris?"))
                .parameters(parameters)
                .build());
    }
}
