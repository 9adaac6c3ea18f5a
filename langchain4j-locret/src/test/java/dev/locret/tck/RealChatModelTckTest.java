package dev.locret.tck;

import dev.langchain4j.model.chat.ChatModel;
import dev.langchain4j.model.chat.request.ChatRequestParameters;
import java.util.List;
import org.junit.jupiter.api.Disabled;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The same on the real model: as it is where it knows the answer, with its form checked where tools are called. */
class RealChatModelTckTest extends ChatModelTckTest {
    static final String SENSE = "SmolLM2-135M does not know better; it runs on the scripted engine";

    @Override
    protected List<ChatModel> models() {
        return List.of(RealModel.chat().build());
    }

    @Override
    protected List<ChatModel> modelsSupportingTools() {
        return List.of(new FormCheckedChatModel());
    }

    @Override
    protected ChatModel createModelWith(ChatRequestParameters parameters) {
        return RealModel.chat().defaultRequestParameters(parameters).build();
    }

    @Override
    @Disabled(SENSE)
    @ParameterizedTest
    @MethodSource("models")
    protected void should_respect_system_message(ChatModel model) {}

    @Override
    @Disabled(SENSE)
    @ParameterizedTest
    @MethodSource("models")
    protected void should_respect_multiple_messages(ChatModel model) {}
}
