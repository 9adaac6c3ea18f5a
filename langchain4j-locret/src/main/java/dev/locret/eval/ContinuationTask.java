package dev.locret.eval;

import dev.locret.corpus.Corpus;
import dev.locret.corpus.TokenCount;
import java.util.List;
import java.util.random.RandomGenerator;

/** How well the text is predicted that follows a document in the book it was taken from. */
final class ContinuationTask implements Task {
    static final String NAME = "perplexity";
    /** Tokens whose probability counts. */
    static final int TOKENS = 256;

    private final Corpus corpus;
    private final TokenCount count;

    ContinuationTask(Corpus corpus, TokenCount count) {
        this.corpus = corpus;
        this.count = count;
    }

    @Override
    public String name() {
        return NAME;
    }

    @Override
    public Item item(int index, int tokens, RandomGenerator random) {
        int begin = random.nextInt(corpus.paragraphs().size());
        List<String> document = corpus.excerpt(begin, tokens, count);
        // A little more than needed: it is cut to whole tokens where it is scored.
        List<String> rest = corpus.excerpt(begin + document.size(), 2 * TOKENS, count);
        while (count.of(String.join("\n\n", rest)) < TOKENS) {
            rest = corpus.excerpt(begin + document.size(), 2 * count.of(String.join("\n\n", rest)) + TOKENS, count);
        }
        return new Item(String.join("\n\n", document), List.of(), String.join("\n\n", rest));
    }
}
