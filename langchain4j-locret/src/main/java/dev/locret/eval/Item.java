package dev.locret.eval;

import java.util.List;

/**
 * A document and what is asked of it.
 *
 * @param document the document
 * @param queries the questions; none if a continuation is scored
 * @param continuation the text that really follows the document, or null
 * @param turns whether each question follows those before it and their right answers in one conversation; else each is
 *     asked of the document alone
 */
public record Item(String document, List<Query> queries, String continuation, boolean turns) {
    /** An item each of whose questions is asked of the document alone. */
    public Item(String document, List<Query> queries, String continuation) {
        this(document, queries, continuation, false);
    }

    /** The same questions as turns of a conversation. */
    Item asTurns() {
        return new Item(document, queries, continuation, true);
    }
}
