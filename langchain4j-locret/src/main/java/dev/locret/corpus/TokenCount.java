package dev.locret.corpus;

import dev.locret.text.Tokenizer;

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
}
