package dev.locret.samples.rag;

import dev.langchain4j.data.segment.TextSegment;
import dev.langchain4j.store.embedding.EmbeddingStore;
import dev.langchain4j.store.embedding.inmemory.InMemoryEmbeddingStore;
import dev.langchain4j.store.embedding.pgvector.PgVectorEmbeddingStore;
import org.postgresql.ds.PGSimpleDataSource;

/** Where embeddings are kept. */
final class Stores {
    private static final String TABLE = "locret_rag_segments";

    private Stores() {}

    /**
     * @param url of PostgreSQL with the extension {@code vector}, or null for a store in memory; the table is made anew, since the
     *     documents are read at every start
     */
    static EmbeddingStore<TextSegment> open(String url, int dimension) {
        if (url == null) {
            return new InMemoryEmbeddingStore<>();
        }
        PGSimpleDataSource source = new PGSimpleDataSource();
        source.setUrl(url);
        return PgVectorEmbeddingStore.datasourceBuilder()
                .datasource(source)
                .table(TABLE)
                .dimension(dimension)
                .createTable(true)
                .dropTableFirst(true)
                .build();
    }
}
