package dev.locret.samples.rag;

import dev.langchain4j.data.document.Document;
import dev.langchain4j.data.document.loader.FileSystemDocumentLoader;
import dev.langchain4j.data.document.parser.TextDocumentParser;
import dev.langchain4j.data.document.splitter.DocumentSplitters;
import dev.langchain4j.data.segment.TextSegment;
import dev.langchain4j.model.embedding.EmbeddingModel;
import dev.langchain4j.store.embedding.EmbeddingStore;
import dev.langchain4j.store.embedding.EmbeddingStoreIngestor;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** The documents of a directory: their texts by name, and their segments in a store of embeddings. */
final class Library {
    /** What an embedding of all-MiniLM-L6-v2 sees of a text is about 256 tokens. */
    private static final int SEGMENT_CHARACTERS = 900;

    private static final int OVERLAP_CHARACTERS = 90;

    private final Map<String, String> texts = new TreeMap<>();

    /**
     * Reads all files of the directory as text and adds their segments to the store. A segment knows the name of its document as
     * metadata {@link Document#FILE_NAME}.
     */
    Library(Path directory, EmbeddingModel embeddings, EmbeddingStore<TextSegment> store) {
        List<Document> documents = FileSystemDocumentLoader.loadDocuments(directory, new TextDocumentParser());
        documents.forEach(document -> texts.put(document.metadata().getString(Document.FILE_NAME), document.text()));
        EmbeddingStoreIngestor.builder()
                .documentSplitter(DocumentSplitters.recursive(SEGMENT_CHARACTERS, OVERLAP_CHARACTERS))
                .embeddingModel(embeddings)
                .embeddingStore(store)
                .build()
                .ingest(documents);
    }

    int size() {
        return texts.size();
    }

    /** @throws IllegalArgumentException if there is none of that name, as when the store holds another directory */
    String text(String name) {
        String text = texts.get(name);
        if (text == null) {
            throw new IllegalArgumentException("the store has a segment of " + name + ", which is not among the "
                    + texts.size() + " documents: " + texts.keySet());
        }
        return text;
    }
}
