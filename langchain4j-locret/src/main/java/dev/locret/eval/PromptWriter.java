package dev.locret.eval;

import dev.locret.common.ErrorId;
import dev.locret.common.LocretException;
import dev.locret.text.ChatTemplate;
import dev.locret.text.PromptSpan;
import dev.locret.text.Tokenizer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.IntStream;

/**
 * Makes the prompts of items. What stands in front of the document, the document, earlier turns and the question are
 * tokenized apart, under every policy alike.
 */
final class PromptWriter {
    private static final String BREAK = "\n\n";
    /** Stands for a document where only what follows it counts. */
    private static final String ANY_DOCUMENT = "document";

    private final Tokenizer tokenizer;
    private final Optional<ChatTemplate> template;
    private final boolean questionFirst;
    private final boolean opened;

    /** A place in a prompt: a span and a character of it. */
    private record Place(int span, int character) {}

    /**
     * @param template the model's, or empty for a model without, which goes on with the plain text
     * @param questionFirst whether each question stands in front of the document too
     * @param opened whether answers have first words, where a query has some
     */
    PromptWriter(Tokenizer tokenizer, Optional<ChatTemplate> template, boolean questionFirst, boolean opened) {
        this.tokenizer = tokenizer;
        this.template = template;
        this.questionFirst = questionFirst;
        this.opened = opened;
    }

    /** The prompts of an item that has questions. */
    Prompts of(Item item) {
        int[] document = {};
        List<Prompts.Part> parts = new ArrayList<>();
        for (int i = 0; i < item.queries().size(); i++) {
            String question = item.queries().get(i).question().strip();
            List<PromptSpan> spans = render(item, i);
            Place begin = place(spans, item.document().strip(), false);
            int after = begin.character + item.document().strip().length() + BREAK.length();
            Place end = new Place(begin.span, after);
            Place tail = place(spans, question, true);
            int[] history = encodeMore(between(spans, end, tail));
            List<PromptSpan> local = between(spans, tail, new Place(spans.size(), 0));
            local.add(new PromptSpan(opening(item.queries().get(i)), false));
            int[] last = encodeMore(local);
            if (questionFirst) {
                int[] head = tokenizer.encodePrompt(between(spans, new Place(0, 0), begin));
                int[] read = encodeMore(between(spans, begin, end));
                parts.add(new Prompts.Part(joined(head, read, history, last), last.length, head.length));
            } else {
                document = i > 0 ? document : tokenizer.encodePrompt(between(spans, new Place(0, 0), end));
                parts.add(new Prompts.Part(joined(history, last), last.length, 0));
            }
        }
        return new Prompts(document, parts);
    }

    /** Tokens of the longest question of an item and what follows it. */
    int localTokens(Item item) {
        return item.queries().stream().mapToInt(this::localTokens).max().orElse(0);
    }

    private int localTokens(Query query) {
        return SplitPrompt.of(tokenizer, template, ANY_DOCUMENT, query.question())
                        .question()
                        .length
                + tokenizer.encode(opening(query), false).length;
    }

    /** Tokens of the longest prompt with its answer, or of the document with its continuation. */
    int longest(Item item) {
        return item.continuation() == null
                ? of(item).longest(item.queries())
                : SplitPrompt.plain(tokenizer, item.document()).document().length + ContinuationTask.TOKENS;
    }

    /** The conversation up to a question; turns before it are answered as they should have been. */
    private List<PromptSpan> render(Item item, int index) {
        List<Query> queries = item.queries();
        int first = item.turns() ? 0 : index;
        String opening = questionFirst ? queries.get(index).question().strip() + BREAK : "";
        List<Map<String, String>> messages = new ArrayList<>();
        for (int i = first; i <= index; i++) {
            String question = queries.get(i).question().strip();
            messages.add(message(
                    "user", i > first ? question : opening + item.document().strip() + BREAK + question));
            if (i < index) {
                String answer = opening(queries.get(i)) + " " + String.join(", ", answer(queries.get(i)));
                messages.add(message("assistant", answer.strip()));
            }
        }
        return template.map(t -> t.render(messages, tokenizer)).orElseGet(() -> plain(messages));
    }

    private String opening(Query query) {
        return opened ? query.opening() : "";
    }

    /** All that was asked for, or the first of several wordings. */
    private static List<String> answer(Query query) {
        return query.scorer() == Scorer.CONTAINS_ALL
                ? query.expected()
                : query.expected().subList(0, 1);
    }

    private static Map<String, String> message(String role, String content) {
        return Map.of("role", role, "content", content);
    }

    private static List<PromptSpan> plain(List<Map<String, String>> messages) {
        List<String> texts = messages.stream().map(m -> m.get("content")).toList();
        return List.of(new PromptSpan(String.join(BREAK, texts) + BREAK, false));
    }

    /** Where a text begins, the first or the last time that it stands in what the template did not write itself. */
    private static Place place(List<PromptSpan> spans, String text, boolean last) {
        for (int i = 0; i < spans.size(); i++) {
            int index = last ? spans.size() - 1 - i : i;
            PromptSpan span = spans.get(index);
            int at = span.trusted()
                    ? -1
                    : last ? span.text().lastIndexOf(text) : span.text().indexOf(text);
            if (at >= 0) {
                return new Place(index, at);
            }
        }
        String shown = text.length() > 60 ? text.substring(0, 60) + "…" : text;
        throw new LocretException(ErrorId.TEMPLATE, "template: leaves out a document or question: text=" + shown);
    }

    private static List<PromptSpan> between(List<PromptSpan> spans, Place from, Place to) {
        List<PromptSpan> cut = new ArrayList<>();
        for (int i = from.span; i <= Math.min(to.span, spans.size() - 1); i++) {
            PromptSpan span = spans.get(i);
            int begin = i == from.span ? Math.min(from.character, span.text().length()) : 0;
            int end = i == to.span
                    ? Math.min(to.character, span.text().length())
                    : span.text().length();
            cut.add(new PromptSpan(span.text().substring(begin, end), span.trusted()));
        }
        return cut;
    }

    /** Token ids of what follows other text. */
    private int[] encodeMore(List<PromptSpan> spans) {
        int[] ids = tokenizer.encodePrompt(spans);
        return Arrays.copyOfRange(ids, tokenizer.addsBos() ? 1 : 0, ids.length);
    }

    private static int[] joined(int[]... parts) {
        return Arrays.stream(parts).flatMapToInt(IntStream::of).toArray();
    }
}
