package dev.locret;

import dev.langchain4j.model.chat.listener.ChatModelErrorContext;
import dev.langchain4j.model.chat.listener.ChatModelListener;
import dev.langchain4j.model.chat.listener.ChatModelRequestContext;
import dev.langchain4j.model.chat.listener.ChatModelResponseContext;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

/** Notes what it is told. */
record RecordingListener(String name, Log log) implements ChatModelListener {
    static final class Log {
        final List<String> events = new CopyOnWriteArrayList<>();
    }

    @Override
    public void onRequest(ChatModelRequestContext context) {
        log.events.add(name + " request " + context.modelProvider());
    }

    @Override
    public void onResponse(ChatModelResponseContext context) {
        log.events.add(name + " response " + context.chatResponse().finishReason());
    }

    @Override
    public void onError(ChatModelErrorContext context) {
        log.events.add(name + " error " + context.error().getClass().getSimpleName());
    }
}
