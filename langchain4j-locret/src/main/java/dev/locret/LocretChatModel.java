package dev.locret;

import static dev.langchain4j.spi.ServiceHelper.loadFactories;

import dev.langchain4j.model.chat.ChatModel;
import dev.langchain4j.model.chat.request.ChatRequest;
import dev.langchain4j.model.chat.response.ChatResponse;
import dev.locret.spi.LocretChatModelBuilderFactory;

/**
 * A chat model that runs in this JVM and reads prompts of any length with a KV cache of fixed size.
 *
 * <p>Answers in text, in JSON and with calls of tools. Images and the like are refused with {@link
 * dev.langchain4j.exception.UnsupportedFeatureException}. Answers carry {@link LocretChatResponseMetadata}.
 *
 * <p>Safe for use by several threads; calls wait for each other in the engine's queue. {@link #close} frees the model
 * unless it was given by {@code engine(...)}.
 */
public class LocretChatModel extends LocretModel implements ChatModel {
    protected LocretChatModel(LocretChatModelBuilder builder) {
        super(builder.runtime());
    }

    public static LocretChatModelBuilder builder() {
        for (LocretChatModelBuilderFactory factory : loadFactories(LocretChatModelBuilderFactory.class)) {
            return factory.get();
        }
        return new LocretChatModelBuilder();
    }

    @Override
    public ChatResponse doChat(ChatRequest request) {
        return runtime().chat(request);
    }

    /** Setters of {@link LocretChatModel}. */
    public static class LocretChatModelBuilder extends LocretModelBuilder<LocretChatModelBuilder> {
        /** Public so that it can be extended. */
        public LocretChatModelBuilder() {}

        @Override
        protected LocretChatModelBuilder self() {
            return this;
        }

        /**
         * Loads the model, unless one is shared.
         *
         * @throws dev.locret.common.LocretException with what is wrong with the model or a setting
         */
        public LocretChatModel build() {
            return new LocretChatModel(this);
        }
    }
}
