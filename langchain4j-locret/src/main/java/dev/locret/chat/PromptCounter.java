package dev.locret.chat;

import dev.langchain4j.data.message.AiMessage;
import dev.langchain4j.data.message.ChatMessage;
import dev.langchain4j.data.message.UserMessage;
import dev.locret.chat.tools.ToolInstructions;
import dev.locret.text.ChatTemplate;
import dev.locret.text.TemplateRejection;
import dev.locret.text.Tokenizer;
import java.util.List;
import java.util.Optional;

/** Counts the tokens that texts and messages take in a prompt. Immutable, safe to share between threads. */
public final class PromptCounter {
    private final Tokenizer tokenizer;
    private final MessageMapper messages;
    private final int tokensPerMessage;
    private final int tokensPerPrompt;

    /** As {@link MessageMapper#MessageMapper}. */
    public PromptCounter(Tokenizer tokenizer, Optional<ChatTemplate> template, String modelName) {
        this.tokenizer = tokenizer;
        this.messages = new MessageMapper(tokenizer, template, modelName);
        // Two messages more show what one costs, the dearer role's; what remains of the first is the prompt's own.
        UserMessage question = UserMessage.from("a");
        int one = messages.toPrompt(List.of(question)).length;
        int three = messages.toPrompt(List.of(question, AiMessage.from("a"), question)).length;
        int letter = count("a");
        this.tokensPerMessage = (three - one + 1) / 2 - letter;
        this.tokensPerPrompt = one - tokensPerMessage - letter;
    }

    /** Tokens of a text by itself. */
    public int count(String text) {
        return tokenizer.encode(text, false).length;
    }

    /** Tokens of a message's text and of what a template usually writes around it. */
    public int count(ChatMessage message) {
        String text = MessageTexts.of(message);
        boolean calls = message instanceof AiMessage ai && ai.hasToolExecutionRequests();
        return count(calls ? withCalls((AiMessage) message, text) : text) + tokensPerMessage;
    }

    private String withCalls(AiMessage message, String text) {
        return ToolInstructions.calls(text, message.toolExecutionRequests(), messages.toolFormat());
    }

    /** Tokens of the prompt that the messages become; estimated where the template refuses them. */
    public int count(List<ChatMessage> history) {
        try {
            return messages.toPrompt(history).length;
        } catch (TemplateRejection refused) {
            return history.stream().mapToInt(this::count).reduce(tokensPerPrompt, Math::addExact);
        }
    }
}
