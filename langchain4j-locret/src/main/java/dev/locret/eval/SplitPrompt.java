package dev.locret.eval;

import dev.locret.text.ChatTemplate;
import dev.locret.text.PromptSpan;
import dev.locret.text.Tokenizer;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * A prompt cut before its question, so that a document is read once for all its questions. Both parts are tokenized
 * apart, under every policy alike.
 *
 * @param document ids of what comes before the question
 * @param question ids of the question and what the template adds after it; empty for a continuation
 */
record SplitPrompt(int[] document, int[] question) {
    private static final String BREAK = "\n\n";

    /**
     * One user message, the document first.
     *
     * @param template the model's, or empty for a model without, which goes on with the plain text
     */
    static SplitPrompt of(Tokenizer tokenizer, Optional<ChatTemplate> template, String document, String question) {
        String text = document.strip() + BREAK + question.strip();
        List<PromptSpan> spans = template.map(
                        t -> t.render(List.of(Map.of("role", "user", "content", text)), tokenizer))
                .orElseGet(() -> List.of(new PromptSpan(text + BREAK, false)));
        List<PromptSpan> before = new ArrayList<>();
        List<PromptSpan> after = new ArrayList<>();
        boolean found = false;
        for (PromptSpan span : spans) {
            int at = found || span.trusted() ? -1 : span.text().lastIndexOf(question.strip());
            if (at >= 0) {
                before.add(new PromptSpan(span.text().substring(0, at), false));
                after.add(new PromptSpan(span.text().substring(at), false));
                found = true;
            } else {
                (found ? after : before).add(span);
            }
        }
        int[] tail = tokenizer.encodePrompt(after);
        int bos = tokenizer.addsBos() ? 1 : 0;
        return new SplitPrompt(tokenizer.encodePrompt(before), java.util.Arrays.copyOfRange(tail, bos, tail.length));
    }

    /** The document as plain text, to be gone on with. */
    static SplitPrompt plain(Tokenizer tokenizer, String document) {
        return new SplitPrompt(tokenizer.encodePrompt(List.of(new PromptSpan(document + BREAK, false))), new int[0]);
    }
}
