package dev.locret.cli;

import dev.locret.text.ChatTemplate;
import dev.locret.text.PromptSpan;
import dev.locret.text.Tokenizer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The prompt of a conversation.
 *
 * @param tokens ids of the whole prompt
 * @param head ids of what comes before the question, tokenized for itself
 * @param question ids of the end of the last user message and of what the template adds after it, without a token for the
 *     beginning of a text
 */
record ChatPrompt(int[] tokens, int[] head, int[] question) {
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
        List<PromptSpan> before = new ArrayList<>();
        List<PromptSpan> from = new ArrayList<>();
        split(spans, question.strip(), before, from);
        int[] tail = tokenizer.encodePrompt(from);
        return new ChatPrompt(
                tokens,
                tokenizer.encodePrompt(before),
                Arrays.copyOfRange(tail, tokenizer.addsBos() ? 1 : 0, tail.length));
    }

    int questionTokens() {
        return question.length;
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

    /** Parts the spans at the last occurrence of {@code question}; templates may trim what surrounds it. */
    private static void split(List<PromptSpan> spans, String question, List<PromptSpan> before, List<PromptSpan> from) {
        int part = spans.size() - 1;
        while (part >= 0 && at(spans.get(part), question) < 0) {
            part--;
        }
        before.addAll(spans.subList(0, Math.max(0, part)));
        from.addAll(spans.subList(part + 1, spans.size()));
        if (part >= 0) {
            String text = spans.get(part).text();
            int at = at(spans.get(part), question);
            before.add(new PromptSpan(text.substring(0, at), false));
            from.add(0, new PromptSpan(text.substring(at), false));
        }
    }

    private static int at(PromptSpan span, String question) {
        return span.trusted() ? -1 : span.text().lastIndexOf(question);
    }
}
