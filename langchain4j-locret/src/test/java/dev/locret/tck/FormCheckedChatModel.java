package dev.locret.tck;

import dev.langchain4j.model.chat.Capability;
import dev.langchain4j.model.chat.ChatModel;
import dev.langchain4j.model.chat.request.ChatRequest;
import dev.langchain4j.model.chat.request.ChatRequestParameters;
import dev.langchain4j.model.chat.response.ChatResponse;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * The real model, of whose answers the form is checked, with the sense of the scripted one's, which are given. So tests
 * that mean both run to their end.
 */
final class FormCheckedChatModel implements ChatModel {
    /** Answers of the real model that were checked in this JVM. */
    static final AtomicInteger CHECKED = new AtomicInteger();

    private final ChatModel real = RealModel.chat().build();
    private final ChatModel scripted =
            Tck.chat().modelName(RealModel.engine().modelName()).build();

    @Override
    public ChatResponse doChat(ChatRequest request) {
        if (AnswerForm.isAskedFor(request)) {
            ChatRequest forced = AnswerForm.forced(request);
            AnswerForm.check(forced, real.chat(forced));
            CHECKED.incrementAndGet();
        }
        return scripted.chat(request);
    }

    @Override
    public ChatRequestParameters defaultRequestParameters() {
        return scripted.defaultRequestParameters();
    }

    @Override
    public Set<Capability> supportedCapabilities() {
        return scripted.supportedCapabilities();
    }
}
