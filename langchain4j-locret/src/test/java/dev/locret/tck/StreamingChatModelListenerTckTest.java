package dev.locret.tck;

import dev.langchain4j.exception.UnsupportedFeatureException;
import dev.langchain4j.model.chat.StreamingChatModel;
import dev.langchain4j.model.chat.common.AbstractStreamingChatModelListenerIT;
import dev.langchain4j.model.chat.listener.ChatModelListener;
import dev.locret.LocretChatRequestParameters;
import java.util.List;

class StreamingChatModelListenerTckTest extends AbstractStreamingChatModelListenerIT {
    @Override
    protected StreamingChatModel createModel(ChatModelListener listener) {
        return Tck.streaming()
                .modelName(modelName())
                .temperature(temperature())
                .topP(topP())
                .maxOutputTokens(maxTokens())
                .listeners(List.of(listener))
                .build();
    }

    @Override
    protected String modelName() {
        return "listened-to";
    }

    @Override
    protected StreamingChatModel createFailingModel(ChatModelListener listener) {
        return Tck.streaming()
                .defaultRequestParameters(
                        LocretChatRequestParameters.builder().think(true).build())
                .listeners(List.of(listener))
                .build();
    }

    @Override
    protected Class<? extends Exception> expectedExceptionClass() {
        return UnsupportedFeatureException.class;
    }
}
