package dev.locret.eval;

import dev.locret.corpus.TokenCount;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

/** The text of no meaning that InfiniteBench and RULER hide things in. */
final class Noise {
    static final String SENTENCES =
            "The grass is green. The sky is blue. The sun is yellow. Here we go. There and back again.";

    private Noise() {}

    /** So many paragraphs of noise as have that many tokens. */
    static List<String> paragraphs(int tokens, TokenCount count) {
        int paragraph = count.of(SENTENCES) + 1;
        return new ArrayList<>(Collections.nCopies(Math.max(1, tokens / paragraph), SENTENCES));
    }
}
