package dev.locret;

import dev.langchain4j.data.message.UserMessage;
import dev.langchain4j.model.ModelProvider;
import dev.langchain4j.model.chat.Capability;
import dev.langchain4j.model.chat.listener.ChatModelListener;
import dev.langchain4j.model.chat.request.ChatRequest;
import dev.locret.engine.ContextReading;
import dev.locret.engine.GenerationListener;
import dev.locret.engine.LocretEngine;
import java.util.List;
import java.util.Set;

/** What both chat models have in common, named as their interfaces name it. */
abstract class LocretModel implements AutoCloseable {
    final ChatRuntime runtime;

    LocretModel(ChatRuntime runtime) {
        this.runtime = runtime;
    }

    /** What requests leave open, with the model's name. */
    public LocretChatRequestParameters defaultRequestParameters() {
        return runtime.defaults();
    }

    public List<ChatModelListener> listeners() {
        return runtime.listeners();
    }

    public ModelProvider provider() {
        return ModelProvider.OTHER;
    }

    public Set<Capability> supportedCapabilities() {
        return runtime.capabilities();
    }

    /** The loaded model, which other models may share; of several, the one of the defaults. */
    public LocretEngine engine() {
        return runtime.engine();
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
        return runtime.readContext(name, request, listener);
    }

    /** Frees the model, unless it is shared; requests in progress fail. No effect when closed. */
    @Override
    public void close() {
        runtime.close();
    }
}
