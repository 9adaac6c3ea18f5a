package dev.locret;

import dev.langchain4j.data.message.ChatMessage;
import dev.langchain4j.model.TokenCountEstimator;
import dev.locret.chat.PromptCounter;
import dev.locret.engine.LocretEngine;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;

/**
 * Counts tokens with the model's own tokenizer and chat template. For messages that the template accepts the count is
 * that of the prompt, which a response gives as input tokens; for others, such as a history that begins with an
 * answer, it is what their texts take in a prompt.
 */
public class LocretTokenCountEstimator implements TokenCountEstimator {
    private final Supplier<LocretEngine> engine;
    private volatile PromptCounter counter;

    /**
     * @param engine the loaded model; not closed by this
     * @throws dev.locret.common.LocretException ({@code template}) if the model's chat template cannot be parsed
     */
    public LocretTokenCountEstimator(LocretEngine engine) {
        this(() -> engine);
        counter();
    }

    /**
     * For a model that need not be loaded yet.
     *
     * @param engine asked by the first count, which waits for it
     */
    public LocretTokenCountEstimator(Supplier<LocretEngine> engine) {
        this.engine = engine;
    }

    private PromptCounter counter() {
        PromptCounter current = counter;
        if (current == null) {
            LocretEngine loaded = engine.get();
            current = new PromptCounter(loaded.tokenizer(), loaded.chatTemplate(), loaded.modelName());
            counter = current;
        }
        return current;
    }

    @Override
    public int estimateTokenCountInText(String text) {
        return counter().count(text);
    }

    /** The message's text and what the template writes around it. */
    @Override
    public int estimateTokenCountInMessage(ChatMessage message) {
        return counter().count(message);
    }

    @Override
    public int estimateTokenCountInMessages(Iterable<ChatMessage> messages) {
        List<ChatMessage> list = new ArrayList<>();
        messages.forEach(list::add);
        return counter().count(list);
    }
}
