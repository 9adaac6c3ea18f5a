package dev.locret;

import dev.langchain4j.data.message.UserMessage;
import dev.langchain4j.model.ModelProvider;
import dev.langchain4j.model.chat.Capability;
import dev.langchain4j.model.chat.listener.ChatModelListener;
import dev.langchain4j.model.chat.request.ChatRequest;
import dev.locret.chat.ExceptionMapper;
import dev.locret.common.LocretException;
import dev.locret.engine.ContextReading;
import dev.locret.engine.GenerationListener;
import dev.locret.engine.LocretEngine;
import java.util.List;
import java.util.Set;

/** What both chat models have in common, named as their interfaces name it. */
abstract class LocretModel implements AutoCloseable {
    private final RuntimeSource source;

    LocretModel(RuntimeSource source) {
        this.source = source;
    }

    /** The runtime, waiting for its engine; fails with LangChain4j's exceptions. */
    final ChatRuntime runtime() {
        try {
            return source.get();
        } catch (LocretException e) {
            throw ExceptionMapper.map(e);
        }
    }

    /** Whether {@link #runtime} does not wait. */
    final boolean isLoaded() {
        return source.isThere();
    }

    /** What requests leave open, with the model's name once it is loaded. */
    public LocretChatRequestParameters defaultRequestParameters() {
        return source.defaults();
    }

    public List<ChatModelListener> listeners() {
        return source.listeners();
    }

    public ModelProvider provider() {
        return ModelProvider.OTHER;
    }

    public Set<Capability> supportedCapabilities() {
        return source.capabilities();
    }

    /** The loaded model, which other models may share, waiting for it; of several, the one of the defaults. */
    public LocretEngine engine() {
        return source.get().engine();
    }

    /**
     * Reads a text in the background, once for many questions: requests with its name as {@code context} begin with it,
     * their first message goes on behind it, and what was kept of it stays until {@code engine().contexts().remove(name)}.
     *
     * @param listener told of progress
     * @throws dev.locret.common.LocretException if the text is empty, there is no room for another, or the queue is full
     */
    public ContextReading readContext(String name, String text, GenerationListener listener) {
        return readContext(
                name, ChatRequest.builder().messages(UserMessage.from(text)).build(), listener);
    }

    /**
     * As above for the beginning of a conversation, a system message and tools among it: the last message is the user's
     * and holds the text. Requests to it have the same system message and tools, or leave them out.
     *
     * @param request its parameters: model, tools, eviction policy and budget, which the model's defaults complete; time
     *     limit and priority of the reading
     * @throws dev.langchain4j.exception.UnsupportedFeatureException for contents other than text, and if the last message
     *     is not the user's
     */
    public ContextReading readContext(String name, ChatRequest request, GenerationListener listener) {
        return source.get().readContext(name, request, listener);
    }

    /** Frees the model, unless it is shared; requests in progress fail. No effect when closed. */
    @Override
    public void close() {
        source.close();
    }
}
