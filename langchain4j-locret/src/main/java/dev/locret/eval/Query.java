package dev.locret.eval;

import dev.locret.corpus.Fact;
import java.util.List;

/**
 * A question to a document.
 *
 * @param kind what is asked for, such as {@code number}
 * @param question the question as the model gets it
 * @param expected what counts as found, at least one
 * @param scorer how an answer is compared with it
 * @param depth where in the document the answer stands, 0 to 1, or -1 if nowhere in particular
 * @param maxTokens most tokens of an answer
 * @param stop text that ends an answer, or null for none
 * @param opening first words of an answer, up to what is asked for, which RULER gives the model; empty for none
 */
public record Query(
        String kind,
        String question,
        List<String> expected,
        Scorer scorer,
        double depth,
        int maxTokens,
        String stop,
        String opening) {
    /** Ends an answer after its first paragraph: a weak model lists all that it remembers. */
    static final String PARAGRAPH = "\n\n";

    private static final int FACT_TOKENS = 40;

    /** A question whose answer may begin as it likes. */
    public Query(
            String kind,
            String question,
            List<String> expected,
            Scorer scorer,
            double depth,
            int maxTokens,
            String stop) {
        this(kind, question, expected, scorer, depth, maxTokens, stop, "");
    }

    /** The same, with first words of its answer. */
    Query opened(String words) {
        return new Query(kind, question, expected, scorer, depth, maxTokens, stop, words);
    }

    /** A question for a fact that is answered in a sentence and found if the answer contains it. */
    static Query ofFact(Fact fact, double depth) {
        // A value at the very beginning leaves nothing to open with.
        String opening = fact.answer().substring(0, Math.max(0, fact.answer().indexOf(fact.value())));
        return new Query(
                        fact.kind(),
                        fact.question(),
                        List.of(fact.value()),
                        Scorer.CONTAINS,
                        depth,
                        FACT_TOKENS,
                        PARAGRAPH)
                .opened(opening.strip());
    }
}
