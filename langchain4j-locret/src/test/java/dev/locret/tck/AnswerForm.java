package dev.locret.tck;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.core.JsonParseException;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.langchain4j.agent.tool.ToolExecutionRequest;
import dev.langchain4j.agent.tool.ToolSpecification;
import dev.langchain4j.data.message.UserMessage;
import dev.langchain4j.model.chat.request.ChatRequest;
import dev.langchain4j.model.chat.request.ChatRequestParameters;
import dev.langchain4j.model.chat.request.ResponseFormat;
import dev.langchain4j.model.chat.request.ResponseFormatType;
import dev.langchain4j.model.chat.request.ToolChoice;
import dev.langchain4j.model.chat.response.ChatResponse;
import dev.langchain4j.model.output.FinishReason;
import dev.locret.chat.tools.JsonSchemas;
import dev.locret.chat.tools.ToolSchemas;
import dev.locret.generate.grammar.Validator;
import java.util.List;

/** What the form of an answer must be, whatever the model knows. */
final class AnswerForm {
    private static final ObjectMapper JSON = new ObjectMapper();

    private AnswerForm() {}

    /** Whether a request asks for a form that the model has not been asked for just before. */
    static boolean isAskedFor(ChatRequest request) {
        boolean first = request.messages().get(request.messages().size() - 1) instanceof UserMessage;
        return hasTools(request) ? first : isJson(request);
    }

    /** The same request, in which tools must be called since whether to is a matter of sense. */
    static ChatRequest forced(ChatRequest request) {
        ChatRequestParameters held = ChatRequestParameters.builder()
                .maxOutputTokens(RealModel.MAX_OUTPUT_TOKENS)
                .toolChoice(hasTools(request) ? ToolChoice.REQUIRED : null)
                .build();
        return ChatRequest.builder()
                .messages(request.messages())
                .parameters(request.parameters().overrideWith(held))
                .build();
    }

    private static boolean hasTools(ChatRequest request) {
        return !request.parameters().toolSpecifications().isEmpty();
    }

    private static boolean isJson(ChatRequest request) {
        ResponseFormat format = request.parameters().responseFormat();
        return format != null && format.type() == ResponseFormatType.JSON;
    }

    /** Checks the answer to a {@link #forced} request. */
    static void check(ChatRequest request, ChatResponse response) {
        assertThat(response.tokenUsage().outputTokenCount()).isBetween(1, RealModel.MAX_OUTPUT_TOKENS);
        if (hasTools(request)) {
            checkCalls(request.parameters().toolSpecifications(), response);
        } else {
            checkJson(request.parameters().responseFormat(), response);
        }
    }

    private static void checkCalls(List<ToolSpecification> tools, ChatResponse response) {
        List<ToolExecutionRequest> calls = response.aiMessage().toolExecutionRequests();
        if (response.finishReason() == FinishReason.TOOL_EXECUTION) {
            assertThat(calls).isNotEmpty();
            assertThat(response.aiMessage().text()).isNull();
        } else {
            assertThat(response.finishReason()).isEqualTo(FinishReason.LENGTH);
        }
        for (ToolExecutionRequest call : calls) {
            ToolSpecification tool = tools.stream()
                    .filter(t -> t.name().equals(call.name()))
                    .findFirst()
                    .orElseThrow(() -> new AssertionError("there is no such tool: " + call));
            assertThat(call.id()).matches("[0-9A-Za-z]{9}");
            assertThat(new Validator(ToolSchemas.argumentsSchema(tool)).complaints(read(call.arguments())))
                    .as(call.toString())
                    .isEmpty();
        }
    }

    private static void checkJson(ResponseFormat format, ChatResponse response) {
        String text = response.aiMessage().text();
        if (response.finishReason() == FinishReason.LENGTH) {
            // The beginning of a JSON text: nothing is wrong with it but its end, where a literal may be cut.
            assertThat(text).startsWith("{");
            assertThatThrownBy(() -> JSON.readTree(text))
                    .isInstanceOfSatisfying(JsonParseException.class, e -> assertThat(
                                    e.getLocation().getCharOffset())
                            .as(e.toString())
                            .isGreaterThanOrEqualTo(text.length() - "fals".length()));
        } else {
            assertThat(response.finishReason()).isEqualTo(FinishReason.STOP);
            assertThat(new Validator(JsonSchemas.of(format.jsonSchema().rootElement())).complaints(read(text)))
                    .as(text)
                    .isEmpty();
        }
    }

    private static JsonNode read(String json) {
        try {
            return JSON.readTree(json);
        } catch (JsonProcessingException e) {
            throw new AssertionError("not JSON: " + json, e);
        }
    }
}
