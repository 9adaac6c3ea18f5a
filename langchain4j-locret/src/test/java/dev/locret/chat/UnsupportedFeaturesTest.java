package dev.locret.chat;

import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.langchain4j.agent.tool.ToolSpecification;
import dev.langchain4j.exception.UnsupportedFeatureException;
import dev.langchain4j.model.chat.request.ChatRequestParameters;
import dev.langchain4j.model.chat.request.DefaultChatRequestParameters;
import dev.langchain4j.model.chat.request.ResponseFormat;
import dev.langchain4j.model.chat.request.ToolChoice;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class UnsupportedFeaturesTest {
    @Test
    void refusesToForceACallWithoutTools() {
        assertRefused(
                parameters().toolChoice(ToolChoice.REQUIRED),
                "parameter 'toolChoice' REQUIRED without 'toolSpecifications'");
    }

    @Test
    void refusesThoughtsBeforeACallThatIsForced() {
        assertRefused(
                parameters()
                        .toolSpecifications(
                                ToolSpecification.builder().name("now").build())
                        .toolChoice(ToolChoice.REQUIRED),
                "parameter 'think' with 'toolChoice' REQUIRED, which begins with the call,");
    }

    @ParameterizedTest
    @EnumSource
    void acceptsToolsUnderAnyChoice(ToolChoice choice) {
        ToolSpecification tool = ToolSpecification.builder().name("now").build();

        assertThatCode(() -> UnsupportedFeatures.refuse(
                        parameters().toolSpecifications(tool).toolChoice(choice).build(), null))
                .doesNotThrowAnyException();
    }

    @Test
    void acceptsTextAndJson() {
        ChatRequestParameters text = parameters()
                .temperature(0.5)
                .maxOutputTokens(3)
                .responseFormat(ResponseFormat.TEXT)
                .build();

        assertThatCode(() -> UnsupportedFeatures.refuse(text, true)).doesNotThrowAnyException();
        assertThatCode(() -> UnsupportedFeatures.refuse(
                        parameters().responseFormat(ResponseFormat.JSON).build(), null))
                .doesNotThrowAnyException();
    }

    private static DefaultChatRequestParameters.Builder<?> parameters() {
        return ChatRequestParameters.builder();
    }

    private static void assertRefused(DefaultChatRequestParameters.Builder<?> parameters, String what) {
        assertThatThrownBy(() -> UnsupportedFeatures.refuse(parameters.build(), true))
                .isExactlyInstanceOf(UnsupportedFeatureException.class)
                .hasMessage(what + " is not supported by Locret");
    }
}
