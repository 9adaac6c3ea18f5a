package dev.locret.corpus;

import dev.locret.text.Tokenizer;
import java.util.ArrayList;
import java.util.List;

/** How many tokens a text has. */
public interface TokenCount {
    /** Characters of a token in English prose. */
    double CHARACTERS_PER_TOKEN = 4;

    /** Tokens of a text. */
    int of(String text);

    /** Exact, by a model's tokenizer. */
    static TokenCount of(Tokenizer tokenizer) {
        return text -> tokenizer.encode(text, false).length;
    }

    /** A guess from the number of characters, for texts of which no model is known. */
    static TokenCount estimate() {
        return text -> (int) Math.ceil(text.length() / CHARACTERS_PER_TOKEN);
    }

    /**
     * As many of the first paragraphs as have at most so many tokens together, but at least one.
     *
     * @param paragraphs to be joined by blank lines
     */
    static List<String> shortened(List<String> paragraphs, int tokens, TokenCount count) {
        List<String> kept = new ArrayList<>();
        int total = 0;
        for (String paragraph : paragraphs) {
            // The blank line between two paragraphs is a token.
            total += count.of(paragraph) + 1;
            if (total > tokens && !kept.isEmpty()) {
                break;
            }
            kept.add(paragraph);
        }
        return kept;
    }
}
