package dev.locret;

import dev.langchain4j.model.ModelProvider;
import dev.langchain4j.model.chat.Capability;
import dev.langchain4j.model.chat.listener.ChatModelListener;
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

    /** Frees the model, unless it is shared; requests in progress fail. No effect when closed. */
    @Override
    public void close() {
        runtime.close();
    }
}
