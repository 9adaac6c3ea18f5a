package dev.locret.eval;

import com.fasterxml.jackson.annotation.JsonInclude;

/**
 * What a policy reached with a budget on a task at a length, over all documents.
 *
 * @param kind what was asked for, or {@code all}
 * @param documents documents
 * @param questions questions; 0 for a continuation
 * @param found sum of their scores
 * @param score found by question
 * @param low lower end of the score's 95 % interval (Wilson)
 * @param high upper end
 * @param documentLow lower end of the interval that takes whole documents for independent, not their questions; null for
 *     fewer than two documents
 * @param documentHigh upper end
 * @param ofFull found, by what full attention finds on the same questions; null if it was not measured or finds nothing
 * @param ofFullLow lower end of its interval over documents, or null
 * @param ofFullHigh upper end
 * @param fullFound what full attention finds on the same questions, or null
 * @param nll mean negative log-likelihood of a token of the continuations, or null
 * @param perplexityOfFull perplexity by that of full attention on the same documents, or null
 * @param tokensPerSecond tokens of the documents read in a second
 * @param cacheBytes bytes of the cache
 */
@JsonInclude(JsonInclude.Include.NON_NULL)
record Row(
        String task,
        int length,
        String policy,
        int budget,
        String kind,
        int documents,
        int questions,
        double found,
        Double score,
        Double low,
        Double high,
        Double documentLow,
        Double documentHigh,
        Double ofFull,
        Double ofFullLow,
        Double ofFullHigh,
        Double fullFound,
        Double nll,
        Double perplexityOfFull,
        double tokensPerSecond,
        long cacheBytes) {
    static final String ALL = "all";
}
