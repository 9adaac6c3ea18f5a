package dev.locret.tck;

import dev.langchain4j.exception.UnsupportedFeatureException;
import dev.langchain4j.model.chat.ChatModel;
import dev.langchain4j.model.chat.common.AbstractChatModelListenerIT;
import dev.langchain4j.model.chat.listener.ChatModelListener;
import dev.locret.LocretChatRequestParameters;
import java.util.List;

class ChatModelListenerTckTest extends AbstractChatModelListenerIT {
    @Override
    protected ChatModel createModel(ChatModelListener listener) {
        return Tck.chat()
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
    protected ChatModel createFailingModel(ChatModelListener listener) {
        return Tck.chat()
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
