package dev.locret.spring.autoconfigure;

import dev.langchain4j.model.chat.listener.ChatModelListener;
import dev.locret.LocretChatModel;
import dev.locret.LocretModelBuilder;
import dev.locret.LocretStreamingChatModel;
import dev.locret.spring.autoconfigure.LocretProperties.Request;
import java.util.List;
import java.util.stream.Stream;
import org.springframework.beans.factory.ObjectProvider;

/** Builds chat models over an engine that need not be loaded yet. */
final class ChatModels {
    /** Listeners that are put on our models alone: a bean of LangChain4j's type would go to those of all providers. */
    interface OwnListeners {
        List<ChatModelListener> listeners();
    }

    private final ObjectProvider<ChatModelListener> listeners;
    private final ObjectProvider<OwnListeners> ownListeners;

    ChatModels(ObjectProvider<ChatModelListener> listeners, ObjectProvider<OwnListeners> ownListeners) {
        this.listeners = listeners;
        this.ownListeners = ownListeners;
    }

    /**
     * @param prefix of the model's properties
     */
    LocretChatModel chatModel(EngineLifecycle engine, String prefix, LocretProperties properties) {
        return Settings.under(prefix, LocretProperties.CHAT_MODEL, () -> configure(
                        LocretChatModel.builder(), engine, properties, properties.chatModel())
                .build());
    }

    /**
     * @param prefix of the model's properties
     */
    LocretStreamingChatModel streamingChatModel(EngineLifecycle engine, String prefix, LocretProperties properties) {
        return Settings.under(prefix, LocretProperties.STREAMING_CHAT_MODEL, () -> configure(
                        LocretStreamingChatModel.builder(), engine, properties, properties.streamingChatModel())
                .build());
    }

    private <B extends LocretModelBuilder<B>> B configure(
            B builder, EngineLifecycle engine, LocretProperties properties, Request request) {
        Settings.apply(request, builder).timeout(properties.timeout()).listeners(allListeners());
        return engine.ready().map(builder::engine).orElseGet(() -> builder.engineSupplier(engine::engine));
    }

    private List<ChatModelListener> allListeners() {
        return Stream.concat(
                        listeners.orderedStream(),
                        ownListeners.orderedStream().flatMap(own -> own.listeners().stream()))
                .toList();
    }
}
