package dev.locret;

import dev.langchain4j.model.chat.Capability;
import dev.langchain4j.model.chat.listener.ChatModelListener;
import dev.locret.engine.LocretEngine;
import java.util.List;
import java.util.Set;
import java.util.function.Function;
import java.util.function.Supplier;

/** A chat model's runtime, which there may not be before its engine is loaded, and what is known without it. */
final class RuntimeSource {
    private final Supplier<LocretEngine> engine;
    private final Function<LocretEngine, ChatRuntime> creation;
    private final LocretChatRequestParameters defaults;
    private final List<ChatModelListener> listeners;
    private final Set<Capability> capabilities;
    private volatile ChatRuntime runtime;

    /**
     * @param engine blocks until it is loaded
     * @param creation the runtime on it
     * @param defaults of requests, without a model's name unless one is set
     */
    RuntimeSource(
            Supplier<LocretEngine> engine,
            Function<LocretEngine, ChatRuntime> creation,
            LocretChatRequestParameters defaults,
            List<ChatModelListener> listeners,
            Set<Capability> capabilities) {
        this.engine = engine;
        this.creation = creation;
        this.defaults = defaults;
        this.listeners = listeners;
        this.capabilities = capabilities;
    }

    /** A runtime that is there. */
    static RuntimeSource of(ChatRuntime runtime) {
        RuntimeSource source = new RuntimeSource(
                runtime::engine, engine -> runtime, runtime.defaults(), runtime.listeners(), runtime.capabilities());
        source.runtime = runtime;
        return source;
    }

    /** The runtime, waiting for its engine; fails with what the loading failed with. */
    ChatRuntime get() {
        if (runtime == null) {
            // Not under the lock: each caller waits by itself, and may give up.
            LocretEngine loaded = engine.get();
            synchronized (this) {
                if (runtime == null) {
                    runtime = creation.apply(loaded);
                }
            }
        }
        return runtime;
    }

    /** Whether {@link #get} does not wait. */
    boolean isThere() {
        return runtime != null;
    }

    /** With a model's name as soon as there is a model. */
    LocretChatRequestParameters defaults() {
        return isThere() ? runtime.defaults() : defaults;
    }

    List<ChatModelListener> listeners() {
        return listeners;
    }

    Set<Capability> capabilities() {
        return capabilities;
    }

    void close() {
        if (isThere()) {
            runtime.close();
        }
    }
}
