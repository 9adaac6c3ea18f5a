package dev.locret.chat;

import static dev.locret.chat.UnsupportedFeatures.unsupported;

import dev.langchain4j.data.message.AiMessage;
import dev.langchain4j.data.message.ChatMessage;
import dev.langchain4j.data.message.Content;
import dev.langchain4j.data.message.SystemMessage;
import dev.langchain4j.data.message.TextContent;
import dev.langchain4j.data.message.ToolExecutionResultMessage;
import dev.langchain4j.data.message.UserMessage;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** What messages say. */
final class MessageTexts {
    private MessageTexts() {}

    /**
     * The text of a message, empty if it has none.
     *
     * @throws dev.langchain4j.exception.UnsupportedFeatureException if it holds anything but text and calls
     */
    static String of(ChatMessage message) {
        if (message instanceof SystemMessage system) {
            return system.text();
        }
        if (message instanceof UserMessage user) {
            return user(user);
        }
        if (message instanceof AiMessage ai) {
            return ai(ai);
        }
        if (message instanceof ToolExecutionResultMessage result) {
            return result(result);
        }
        throw unsupported("message of type " + message.type());
    }

    private static String ai(AiMessage message) {
        if (!message.images().isEmpty()) {
            throw unsupported("'images' of a message of type AI");
        }
        return message.text() == null ? "" : message.text();
    }

    private static String result(ToolExecutionResultMessage message) {
        try {
            return message.text();
        } catch (IllegalStateException e) {
            throw unsupported("non-text content in a message of type TOOL_EXECUTION_RESULT");
        }
    }

    /** Several texts of one message are lines of it. */
    private static String user(UserMessage message) {
        List<String> texts = new ArrayList<>();
        for (Content content : message.contents()) {
            if (!(content instanceof TextContent text)) {
                throw unsupported(content.type().name().toLowerCase(Locale.ROOT) + " content");
            }
            texts.add(text.text());
        }
        return String.join("\n", texts);
    }
}
