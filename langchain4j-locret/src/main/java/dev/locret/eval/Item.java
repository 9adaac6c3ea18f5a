package dev.locret.eval;

import java.util.List;

/**
 * A document and what is asked of it; each question is asked of the document alone.
 *
 * @param document the document
 * @param queries the questions; none if a continuation is scored
 * @param continuation the text that really follows the document, or null
 */
public record Item(String document, List<Query> queries, String continuation) {}
