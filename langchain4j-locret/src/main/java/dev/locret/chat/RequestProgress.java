package dev.locret.chat;

import dev.langchain4j.model.chat.response.StreamingHandle;
import dev.locret.engine.Generation;
import dev.locret.engine.GenerationListener;

/** Tells a request's listener what the engine does for it, and lets it end that. */
public class RequestProgress implements GenerationListener, StreamingHandle {
    private final RequestListener listener;
    private volatile Generation generation;
    private volatile boolean cancelled;

    /** @param listener may be null */
    public RequestProgress(RequestListener listener) {
        this.listener = listener == null ? new RequestListener() {} : listener;
    }

    @Override
    public final void onSubmitted(Generation submitted) {
        generation = submitted;
        listener.onStart(this);
    }

    @Override
    public final void onRead(int tokensRead, int promptTokens, int entriesKept, double tokensPerSecond) {
        listener.onRead(tokensRead, promptTokens, entriesKept, tokensPerSecond);
    }

    @Override
    public final void cancel() {
        cancelled = true;
        generation.cancel();
    }

    @Override
    public final boolean isCancelled() {
        return cancelled;
    }

    final Generation generation() {
        return generation;
    }
}
