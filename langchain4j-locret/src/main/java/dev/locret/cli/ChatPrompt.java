package dev.locret.cli;

import dev.locret.text.ChatTemplate;
import dev.locret.text.PromptSpan;
import dev.locret.text.Tokenizer;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The prompt of a conversation.
 *
 * @param tokens ids of the whole prompt
 * @param questionTokens how many of the last of them hold the last user message and what the template adds after it
 */
record ChatPrompt(int[] tokens, int questionTokens) {
    /** A message: {@code system}, {@code user} or {@code assistant}, and its text. */
    record Message(String role, String content) {}

    /**
     * @param template the model's, or empty for a model without, which goes on with the plain text
     * @param messages the conversation, its last message of the user
     * @param question the end of the last message
     */
    static ChatPrompt of(
            Tokenizer tokenizer, Optional<ChatTemplate> template, List<Message> messages, String question) {
        List<PromptSpan> spans =
                template.map(t -> t.render(entries(messages), tokenizer)).orElseGet(() -> plain(messages));
        int[] tokens = tokenizer.encodePrompt(spans);
        int[] tail = tokenizer.encodePrompt(from(spans, question.strip()));
        return new ChatPrompt(tokens, tail.length - (tokenizer.addsBos() ? 1 : 0));
    }

    private static List<Map<String, String>> entries(List<Message> messages) {
        List<Map<String, String>> entries = new ArrayList<>();
        for (Message message : messages) {
            entries.add(Map.of("role", message.role(), "content", message.content()));
        }
        return entries;
    }

    private static List<PromptSpan> plain(List<Message> messages) {
        List<String> texts = new ArrayList<>();
        messages.forEach(message -> texts.add(message.content()));
        return List.of(new PromptSpan(String.join("\n\n", texts) + "\n\n", false));
    }

    /** The spans from the last occurrence of {@code question}; templates may trim what surrounds it. */
    private static List<PromptSpan> from(List<PromptSpan> spans, String question) {
        List<PromptSpan> tail = new ArrayList<>();
        for (int i = spans.size() - 1; i >= 0; i--) {
            PromptSpan span = spans.get(i);
            int at = span.trusted() ? -1 : span.text().lastIndexOf(question);
            tail.add(0, at < 0 ? span : new PromptSpan(span.text().substring(at), false));
            if (at >= 0) {
                break;
            }
        }
        return tail;
    }
}
