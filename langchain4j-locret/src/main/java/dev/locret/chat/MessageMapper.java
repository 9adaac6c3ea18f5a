package dev.locret.chat;

import static dev.locret.chat.UnsupportedFeatures.unsupported;

import dev.langchain4j.data.message.AiMessage;
import dev.langchain4j.data.message.ChatMessage;
import dev.langchain4j.data.message.Content;
import dev.langchain4j.data.message.SystemMessage;
import dev.langchain4j.data.message.TextContent;
import dev.langchain4j.data.message.UserMessage;
import dev.locret.common.ErrorId;
import dev.locret.common.LocretException;
import dev.locret.text.ChatTemplate;
import dev.locret.text.PromptSpan;
import dev.locret.text.TemplateRejection;
import dev.locret.text.Tokenizer;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Messages to the token ids of a prompt, through the model's own chat template: all messages, in their order, whatever
 * the template allows. What a message says stays text, also where it spells a control token.
 *
 * <p>Immutable, safe to share between threads.
 */
public final class MessageMapper {
    private final Tokenizer tokenizer;
    private final ChatTemplate template;
    private final boolean merges;

    /** As below, without merging. */
    public MessageMapper(Tokenizer tokenizer, Optional<ChatTemplate> template, String modelName) {
        this(tokenizer, template, modelName, false);
    }

    /**
     * @param modelName for messages
     * @param merges whether messages that the template refuses are tried with repeated roles joined, and with system
     *     messages as part of user messages
     * @throws LocretException ({@code template}) if the model has no chat template
     */
    public MessageMapper(Tokenizer tokenizer, Optional<ChatTemplate> template, String modelName, boolean merges) {
        this.tokenizer = tokenizer;
        this.merges = merges;
        this.template = template.orElseThrow(() -> new LocretException(
                ErrorId.TEMPLATE,
                "template: the model has no chat template, so messages cannot become a prompt (a base model? else put"
                        + " chat_template.jinja beside it): " + modelName));
    }

    /**
     * Token ids of a prompt that ends where the answer begins; at most one BOS.
     *
     * @throws dev.langchain4j.exception.UnsupportedFeatureException for messages and contents other than text
     * @throws TemplateRejection if the template refuses the messages
     * @throws LocretException ({@code template}) if the template fails
     */
    public int[] toPrompt(List<ChatMessage> messages) {
        List<Map<String, Object>> entries =
                messages.stream().map(MessageMapper::toTemplate).toList();
        return tokenizer.encodePrompt(render(entries));
    }

    private List<PromptSpan> render(List<Map<String, Object>> messages) {
        TemplateRejection first = null;
        for (List<Map<String, Object>> form : merges ? MessageMerger.forms(messages) : List.of(messages)) {
            try {
                return template.render(form, tokenizer);
            } catch (TemplateRejection e) {
                first = first == null ? e : first;
            }
        }
        throw first;
    }

    private static Map<String, Object> toTemplate(ChatMessage message) {
        Map<String, Object> entry = new LinkedHashMap<>();
        entry.put("role", role(message));
        entry.put("content", text(message));
        if (message instanceof UserMessage user && user.name() != null) {
            entry.put("name", user.name());
        }
        if (message instanceof AiMessage ai && ai.thinking() != null) {
            entry.put("reasoning_content", ai.thinking());
        }
        return entry;
    }

    private static String role(ChatMessage message) {
        return switch (message.type()) {
            case SYSTEM -> "system";
            case USER -> "user";
            case AI -> "assistant";
            default -> throw unsupported("message of type " + message.type());
        };
    }

    /**
     * What a message says.
     *
     * @throws dev.langchain4j.exception.UnsupportedFeatureException if it holds anything but text
     */
    static String text(ChatMessage message) {
        if (message instanceof SystemMessage system) {
            return system.text();
        }
        if (message instanceof UserMessage user) {
            return text(user);
        }
        if (message instanceof AiMessage ai) {
            return text(ai);
        }
        throw unsupported("message of type " + message.type());
    }

    private static String text(AiMessage message) {
        if (message.hasToolExecutionRequests()) {
            throw unsupported("'toolExecutionRequests' of a message of type AI");
        }
        if (!message.images().isEmpty()) {
            throw unsupported("'images' of a message of type AI");
        }
        return message.text() == null ? "" : message.text();
    }

    /** Several texts of one message are lines of it. */
    private static String text(UserMessage message) {
        List<String> texts = new ArrayList<>();
        for (Content content : message.contents()) {
            if (!(content instanceof TextContent)) {
                throw unsupported("content of type " + content.type());
            }
            texts.add(((TextContent) content).text());
        }
        return String.join("\n", texts);
    }
}
