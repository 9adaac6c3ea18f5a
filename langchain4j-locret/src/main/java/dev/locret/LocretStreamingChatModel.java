package dev.locret;

import static dev.langchain4j.spi.ServiceHelper.loadFactories;

import dev.langchain4j.model.ModelProvider;
import dev.langchain4j.model.chat.Capability;
import dev.langchain4j.model.chat.StreamingChatModel;
import dev.langchain4j.model.chat.listener.ChatModelListener;
import dev.langchain4j.model.chat.request.ChatRequest;
import dev.langchain4j.model.chat.response.StreamingChatResponseHandler;
import dev.locret.engine.LocretEngine;
import dev.locret.spi.LocretStreamingChatModelBuilderFactory;
import java.util.List;
import java.util.Set;

/**
 * As {@link LocretChatModel}, with the answer in pieces as it is written.
 *
 * <p>A handler is called by one thread of its own and may take its time. Errors, refusals included, go to its
 * {@code onError}, so that listeners hear of them too. The {@link dev.langchain4j.model.chat.response.StreamingHandle}
 * in each piece's context ends the answer; the handler hears nothing after that.
 */
public class LocretStreamingChatModel implements StreamingChatModel, AutoCloseable {
    private final ChatRuntime runtime;

    protected LocretStreamingChatModel(LocretStreamingChatModelBuilder builder) {
        this.runtime = builder.runtime();
    }

    public static LocretStreamingChatModelBuilder builder() {
        for (LocretStreamingChatModelBuilderFactory factory :
                loadFactories(LocretStreamingChatModelBuilderFactory.class)) {
            return factory.get();
        }
        return new LocretStreamingChatModelBuilder();
    }

    @Override
    public void doChat(ChatRequest request, StreamingChatResponseHandler handler) {
        runtime.stream(request, handler);
    }

    @Override
    public LocretChatRequestParameters defaultRequestParameters() {
        return runtime.defaults();
    }

    @Override
    public List<ChatModelListener> listeners() {
        return runtime.listeners();
    }

    @Override
    public ModelProvider provider() {
        return ModelProvider.OTHER;
    }

    @Override
    public Set<Capability> supportedCapabilities() {
        return runtime.capabilities();
    }

    /** The loaded model, which other models may share. */
    public LocretEngine engine() {
        return runtime.engine();
    }

    /** Frees the model, unless it is shared; answers in progress fail. No effect when closed. */
    @Override
    public void close() {
        runtime.close();
    }

    /** Setters of {@link LocretStreamingChatModel}. */
    public static class LocretStreamingChatModelBuilder extends LocretModelBuilder<LocretStreamingChatModelBuilder> {
        /** Public so that it can be extended. */
        public LocretStreamingChatModelBuilder() {}

        @Override
        protected LocretStreamingChatModelBuilder self() {
            return this;
        }

        /**
         * Loads the model, unless one is shared.
         *
         * @throws dev.locret.common.LocretException with what is wrong with the model or a setting
         */
        public LocretStreamingChatModel build() {
            return new LocretStreamingChatModel(this);
        }
    }
}
