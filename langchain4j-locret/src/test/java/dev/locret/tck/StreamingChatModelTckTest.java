package dev.locret.tck;

import static org.mockito.ArgumentMatchers.any;
import static org.mockito.ArgumentMatchers.argThat;
import static org.mockito.Mockito.atLeastOnce;

import dev.langchain4j.model.chat.StreamingChatModel;
import dev.langchain4j.model.chat.common.AbstractStreamingChatModelIT;
import dev.langchain4j.model.chat.listener.ChatModelListener;
import dev.langchain4j.model.chat.request.ChatRequestParameters;
import dev.langchain4j.model.chat.response.ChatResponseMetadata;
import dev.langchain4j.model.chat.response.StreamingChatResponseHandler;
import dev.langchain4j.model.output.TokenUsage;
import dev.locret.LocretChatRequestParameters;
import dev.locret.LocretChatResponseMetadata;
import dev.locret.LocretTokenUsage;
import java.util.List;
import org.mockito.InOrder;

/** All of LangChain4j's tests of a streaming chat model but those with images, which no model here takes. */
class StreamingChatModelTckTest extends AbstractStreamingChatModelIT {
    @Override
    protected List<StreamingChatModel> models() {
        return List.of(Tck.streaming().build());
    }

    @Override
    public StreamingChatModel createModelWith(ChatModelListener listener) {
        return Tck.streaming().listeners(List.of(listener)).build();
    }

    @Override
    protected StreamingChatModel createModelWith(ChatRequestParameters parameters) {
        return Tck.streaming().defaultRequestParameters(parameters).build();
    }

    @Override
    protected String customModelName() {
        return Tck.OTHER_NAME;
    }

    @Override
    protected ChatRequestParameters createIntegrationSpecificParameters(int maxOutputTokens) {
        return LocretChatRequestParameters.builder()
                .maxOutputTokens(maxOutputTokens)
                .build();
    }

    @Override
    protected Class<? extends ChatResponseMetadata> chatResponseMetadataType(StreamingChatModel model) {
        return LocretChatResponseMetadata.class;
    }

    @Override
    protected void verifyToolCallbacks(StreamingChatResponseHandler handler, InOrder io, String id) {
        verifyCall(handler, io, 0, id, "getWeather", "{\"city\": \"Munich\"}");
    }

    @Override
    protected void verifyToolCallbacks(StreamingChatResponseHandler handler, InOrder io, String id1, String id2) {
        verifyCall(handler, io, 0, id1, "getWeather", "{\"city\": \"Munich\"}");
        verifyCall(handler, io, 1, id2, "getTime", "{\"country\": \"France\"}");
    }

    private static void verifyCall(
            StreamingChatResponseHandler handler, InOrder io, int index, String id, String name, String arguments) {
        io.verify(handler, atLeastOnce()).onPartialToolCall(argThat(call -> call.index() == index), any());
        io.verify(handler).onCompleteToolCall(complete(index, id, name, arguments));
    }

    /** Refusals reach onError, where listeners hear of them as well; the tests expect them to be thrown. */
    @Override
    protected boolean assertExceptionType() {
        return false;
    }

    /** Text only: that images are refused is tested instead. */
    @Override
    protected boolean supportsSingleImageInputAsBase64EncodedString() {
        return false;
    }

    /** As above. */
    @Override
    protected boolean supportsSingleImageInputAsPublicURL() {
        return false;
    }

    @Override
    protected Class<? extends TokenUsage> tokenUsageType(StreamingChatModel model) {
        return LocretTokenUsage.class;
    }
}
