package dev.locret.samples.rag;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.langchain4j.data.message.ChatMessage;
import dev.langchain4j.data.segment.TextSegment;
import dev.langchain4j.model.TokenCountEstimator;
import dev.langchain4j.model.embedding.EmbeddingModel;
import dev.langchain4j.model.embedding.onnx.allminilml6v2q.AllMiniLmL6V2QuantizedEmbeddingModel;
import dev.langchain4j.rag.content.Content;
import dev.langchain4j.rag.query.Query;
import dev.langchain4j.store.embedding.EmbeddingStore;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class WholeDocumentsTest {
    private static final EmbeddingModel EMBEDDINGS = new AllMiniLmL6V2QuantizedEmbeddingModel();
    private static final String CATS = "Cats sleep for most of the day. A cat purrs when it is content.";
    private static final String SHIPS =
            "The ship sailed from Bristol with a cargo of timber and rope. Its captain was ill.";
    private static final String BREAD =
            "Knead the dough for ten minutes. Bake the bread for an hour, until its crust is brown.";

    @TempDir
    private Path directory;

    @BeforeEach
    void writeDocuments() throws IOException {
        Files.writeString(directory.resolve("cats.txt"), CATS);
        Files.writeString(directory.resolve("ships.txt"), SHIPS);
        Files.writeString(directory.resolve("bread.txt"), BREAD);
    }

    @Test
    void theNearestDocumentComesWholeAndLast() {
        assertThat(retrieve(null, 2, 1000)).hasSize(2).last().isEqualTo(BREAD);
        assertThat(retrieve(null, 10, 1000)).containsExactlyInAnyOrder(CATS, SHIPS, BREAD);
    }

    @Test
    void aDocumentThatDoesNotFitIsLeftOutAndTheNextMayFit() {
        // The bread alone takes more than all that is left, the cats do not.
        assertThat(retrieve(null, 10, words(CATS))).containsExactly(CATS);
    }

    @Test
    void postgresFindsWhatMemoryFinds() {
        assertThat(retrieve(Settings.postgres(), 3, 1000)).isEqualTo(retrieve(null, 3, 1000));
        assertThat(retrieve(Settings.postgres(), 1, 1000)).containsExactly(BREAD);
    }

    @Test
    void aSegmentOfAnotherDirectoryIsNamed() throws IOException {
        EmbeddingStore<TextSegment> store = Stores.open(null, EMBEDDINGS.dimension());
        new Library(directory, EMBEDDINGS, store);
        Files.delete(directory.resolve("bread.txt"));
        Library smaller = new Library(directory, EMBEDDINGS, Stores.open(null, EMBEDDINGS.dimension()));
        WholeDocuments retriever = new WholeDocuments(smaller, EMBEDDINGS, store, new Words(), 10, 1000);
        assertThatThrownBy(() -> retriever.retrieve(Query.from("How long is the dough kneaded?")))
                .hasMessage(
                        "the store has a segment of bread.txt, which is not among the 2 documents: [cats.txt, ships.txt]");
    }

    private List<String> retrieve(String postgres, int documents, int tokens) {
        EmbeddingStore<TextSegment> store = Stores.open(postgres, EMBEDDINGS.dimension());
        Library library = new Library(directory, EMBEDDINGS, store);
        return new WholeDocuments(library, EMBEDDINGS, store, new Words(), documents, tokens)
                .retrieve(Query.from("How long is the dough kneaded?")).stream()
                        .map(Content::textSegment)
                        .map(TextSegment::text)
                        .toList();
    }

    private static int words(String text) {
        return text.split(" ").length;
    }

    private static final class Words implements TokenCountEstimator {
        @Override
        public int estimateTokenCountInText(String text) {
            return words(text);
        }

        @Override
        public int estimateTokenCountInMessage(ChatMessage message) {
            throw new UnsupportedOperationException("texts alone are counted");
        }

        @Override
        public int estimateTokenCountInMessages(Iterable<ChatMessage> messages) {
            throw new UnsupportedOperationException("texts alone are counted");
        }
    }
}
