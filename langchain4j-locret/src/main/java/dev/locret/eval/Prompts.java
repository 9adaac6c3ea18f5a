package dev.locret.eval;

import java.util.List;

/**
 * Token ids that the engine gets for an item.
 *
 * @param document what is read once for all questions; empty if each question's prompt is read whole
 * @param parts what follows it, one a question
 */
record Prompts(int[] document, List<Part> parts) {
    /**
     * A question's own tokens.
     *
     * @param tokens ids that follow the document: earlier turns and the question, or the whole prompt
     * @param local last of them, the question and what the template adds after it: read after the last eviction
     * @param questionEnd first tokens of the prompt, up to the end of the question in front of the document; else 0
     */
    record Part(int[] tokens, int local, int questionEnd) {}

    /** Tokens of the longest prompt with its answer. */
    int longest(List<Query> queries) {
        int longest = 0;
        for (int i = 0; i < parts.size(); i++) {
            longest = Math.max(
                    longest, parts.get(i).tokens.length + queries.get(i).maxTokens());
        }
        return Math.addExact(document.length, longest);
    }

    /** Tokens read before the local ones, all questions together. */
    int readTokens() {
        int read = document.length;
        for (Part part : document.length > 0 ? List.<Part>of() : parts) {
            read = Math.addExact(read, part.tokens.length - part.local);
        }
        return read;
    }
}
