package dev.locret;

import static dev.langchain4j.spi.ServiceHelper.loadFactories;

import dev.langchain4j.exception.LangChain4jException;
import dev.langchain4j.model.chat.StreamingChatModel;
import dev.langchain4j.model.chat.request.ChatRequest;
import dev.langchain4j.model.chat.response.StreamingChatResponseHandler;
import dev.locret.chat.ResponseStream;
import dev.locret.spi.LocretStreamingChatModelBuilderFactory;

/**
 * As {@link LocretChatModel}, with the answer in pieces as it is written.
 *
 * <p>A handler is called by one thread of its own and may take its time. Errors, refusals included, go to its
 * {@code onError}, so that listeners hear of them too. The {@link dev.langchain4j.model.chat.response.StreamingHandle}
 * in each piece's context ends the answer; the handler hears nothing after that.
 */
public class LocretStreamingChatModel extends LocretModel implements StreamingChatModel {
    protected LocretStreamingChatModel(LocretStreamingChatModelBuilder builder) {
        super(builder.runtime());
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
        if (isLoaded()) {
            runtime().stream(request, handler);
        } else {
            Thread waiting = new Thread(() -> streamWhenLoaded(request, handler), "locret-waiting");
            waiting.setDaemon(true);
            waiting.start();
        }
    }

    private void streamWhenLoaded(ChatRequest request, StreamingChatResponseHandler handler) {
        ChatRuntime runtime;
        try {
            runtime = runtime();
        } catch (LangChain4jException e) {
            ResponseStream.fail(handler, e);
            return;
        }
        runtime.stream(request, handler);
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
