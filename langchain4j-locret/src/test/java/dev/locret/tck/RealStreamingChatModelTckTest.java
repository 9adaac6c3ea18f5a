package dev.locret.tck;

import static org.assertj.core.api.Assertions.assertThat;

import dev.langchain4j.data.message.UserMessage;
import dev.langchain4j.model.chat.StreamingChatModel;
import dev.langchain4j.model.chat.common.ChatResponseAndStreamingMetadata;
import dev.langchain4j.model.chat.listener.ChatModelListener;
import dev.langchain4j.model.chat.request.ChatRequest;
import dev.langchain4j.model.chat.request.ChatRequestParameters;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Disabled;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** As {@link RealChatModelTckTest}. */
class RealStreamingChatModelTckTest extends StreamingChatModelTckTest {
    private static final int PIECES = 5;
    private static final int SILENCE_SECONDS = 3;

    @Override
    protected List<StreamingChatModel> models() {
        return List.of(RealModel.streaming().build());
    }

    @Override
    protected List<StreamingChatModel> modelsSupportingTools() {
        return List.of(new FormCheckedStreamingChatModel());
    }

    @Override
    public StreamingChatModel createModelWith(ChatModelListener listener) {
        return RealModel.streaming().listeners(List.of(listener)).build();
    }

    @Override
    protected StreamingChatModel createModelWith(ChatRequestParameters parameters) {
        return RealModel.streaming().defaultRequestParameters(parameters).build();
    }

    /** It waits half a minute for a call that must not come; see below. */
    @Override
    protected boolean supportsStreamingCancellation() {
        return false;
    }

    @Test
    void cancels() {
        AtomicInteger pieces = new AtomicInteger();
        ChatRequest request = ChatRequest.builder()
                .messages(UserMessage.from("Tell me a long story about animals"))
                .build();

        ChatResponseAndStreamingMetadata answer = chat(
                models().get(0),
                request,
                handle -> {
                    if (pieces.incrementAndGet() == PIECES) {
                        handle.cancel();
                    }
                },
                SILENCE_SECONDS,
                false);

        assertThat(answer.chatResponse()).isNull();
        assertThat(answer.streamingMetadata().timesOnPartialResponseWasCalled()).isEqualTo(PIECES);
        assertThat(answer.streamingMetadata().timesOnCompleteResponseWasCalled())
                .isZero();
        assertThat(RealModel.engine().status().queue().running()).isZero();
    }

    @Override
    @Disabled(RealChatModelTckTest.SENSE)
    @ParameterizedTest
    @MethodSource("models")
    protected void should_respect_system_message(StreamingChatModel model) {}

    @Override
    @Disabled(RealChatModelTckTest.SENSE)
    @ParameterizedTest
    @MethodSource("models")
    protected void should_respect_multiple_messages(StreamingChatModel model) {}
}
