package dev.locret.samples.rag;

import dev.langchain4j.data.document.Document;
import dev.langchain4j.data.segment.TextSegment;
import dev.langchain4j.model.TokenCountEstimator;
import dev.langchain4j.model.embedding.EmbeddingModel;
import dev.langchain4j.rag.content.Content;
import dev.langchain4j.rag.content.retriever.ContentRetriever;
import dev.langchain4j.rag.query.Query;
import dev.langchain4j.store.embedding.EmbeddingMatch;
import dev.langchain4j.store.embedding.EmbeddingSearchRequest;
import dev.langchain4j.store.embedding.EmbeddingStore;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/**
 * Retrieves documents instead of snippets: those with the segments that are nearest to the query, whole, the nearest last, where it
 * is next to the question.
 */
final class WholeDocuments implements ContentRetriever {
    /** Segments looked at for each document wanted: several of the nearest are of the same document. */
    private static final int SEGMENTS = 8;

    private final Library library;
    private final EmbeddingModel embeddings;
    private final EmbeddingStore<TextSegment> store;
    private final TokenCountEstimator tokens;
    private final int maxDocuments;
    private final int maxTokens;

    /**
     * @param maxTokens of all documents together; one that does not fit any more is left out, the next may fit
     */
    WholeDocuments(
            Library library,
            EmbeddingModel embeddings,
            EmbeddingStore<TextSegment> store,
            TokenCountEstimator tokens,
            int maxDocuments,
            int maxTokens) {
        this.library = library;
        this.embeddings = embeddings;
        this.store = store;
        this.tokens = tokens;
        this.maxDocuments = maxDocuments;
        this.maxTokens = maxTokens;
    }

    @Override
    public List<Content> retrieve(Query query) {
        List<Content> contents = new ArrayList<>();
        int left = maxTokens;
        for (String name : nearest(query.text())) {
            String text = library.text(name);
            int needed = tokens.estimateTokenCountInText(text);
            if (contents.size() < maxDocuments && needed <= left) {
                contents.add(Content.from(text));
                left -= needed;
            }
        }
        Collections.reverse(contents);
        return contents;
    }

    /** Names of documents, that of the nearest segment first. */
    Set<String> nearest(String query) {
        EmbeddingSearchRequest request = EmbeddingSearchRequest.builder()
                .queryEmbedding(embeddings.embed(query).content())
                .maxResults(maxDocuments * SEGMENTS)
                .build();
        Set<String> names = new LinkedHashSet<>();
        for (EmbeddingMatch<TextSegment> match : store.search(request).matches()) {
            names.add(match.embedded().metadata().getString(Document.FILE_NAME));
        }
        return names;
    }
}
