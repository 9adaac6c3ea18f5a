package dev.locret.samples.rag;

import dev.langchain4j.data.segment.TextSegment;
import dev.langchain4j.model.embedding.EmbeddingModel;
import dev.langchain4j.model.embedding.onnx.allminilml6v2q.AllMiniLmL6V2QuantizedEmbeddingModel;
import dev.langchain4j.rag.content.retriever.ContentRetriever;
import dev.langchain4j.rag.content.retriever.EmbeddingStoreContentRetriever;
import dev.langchain4j.store.embedding.EmbeddingStore;
import dev.locret.LocretChatModel;
import dev.locret.LocretTokenCountEstimator;
import java.io.IOException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Asks the questions of a file, or one, with snippets and with whole documents in the prompt. */
@Command(
        name = "rag",
        mixinStandardHelpOptions = true,
        sortOptions = false,
        description =
                "Answers questions from a directory of texts: once from five snippets, once from whole documents.")
final class RagApplication implements Callable<Integer> {
    private static final int SNIPPETS = 5;

    @Spec
    private CommandSpec spec;

    @Option(names = "--documents", required = true, paramLabel = "DIR", description = "Text files, one a document.")
    private Path documents;

    @Option(names = "--model", required = true, paramLabel = "MODEL", description = "GGUF or safetensors model.")
    private String model;

    @Option(names = "--heads", paramLabel = "HEADS", description = "Retaining heads that were trained for the model.")
    private String heads;

    @Option(
            names = "--budget",
            defaultValue = "2048",
            paramLabel = "N",
            description = "Cache entries kept per KV head (default: ${DEFAULT-VALUE}).")
    private int budget;

    @Option(
            names = "--max-documents",
            defaultValue = "10",
            paramLabel = "N",
            description = "Whole documents in a prompt (default: ${DEFAULT-VALUE}).")
    private int maxDocuments;

    @Option(
            names = "--max-tokens",
            defaultValue = "32000",
            paramLabel = "N",
            description = "Tokens of the documents in a prompt (default: ${DEFAULT-VALUE}).")
    private int maxTokens;

    @Option(
            names = "--pgvector",
            paramLabel = "URL",
            description = "Keep embeddings in PostgreSQL, jdbc:postgresql://HOST:PORT/DATABASE?user=…&password=….")
    private String postgres;

    @Option(names = "--questions", paramLabel = "FILE", description = "Questions with answers, as JSON lines.")
    private Path questions;

    @Option(names = "--output", paramLabel = "DIR", description = "Where answers and the picture go.")
    private Path output;

    @Parameters(arity = "0..1", paramLabel = "QUESTION", description = "One question instead of a file of them.")
    private String question;

    public static void main(String[] arguments) {
        System.exit(new CommandLine(new RagApplication()).execute(arguments));
    }

    @Override
    public Integer call() throws IOException {
        if ((question == null) == (questions == null)) {
            throw new CommandLine.ParameterException(
                    spec.commandLine(), "give either a QUESTION or --questions FILE, not both or neither");
        }
        EmbeddingModel embeddings = new AllMiniLmL6V2QuantizedEmbeddingModel();
        EmbeddingStore<TextSegment> store = Stores.open(postgres, embeddings.dimension());
        Library library = new Library(documents, embeddings, store);
        try (LocretChatModel chat = LocretChatModel.builder()
                .modelPath(model)
                .retainingHeadsPath(heads)
                .cacheBudget(budget)
                .maxOutputTokens(48)
                .temperature(0.0)
                .build()) {
            ContentRetriever snippets = EmbeddingStoreContentRetriever.builder()
                    .embeddingStore(store)
                    .embeddingModel(embeddings)
                    .maxResults(SNIPPETS)
                    .build();
            ContentRetriever whole = new WholeDocuments(
                    library, embeddings, store, new LocretTokenCountEstimator(chat.engine()), maxDocuments, maxTokens);
            Map<String, Reader> readers = new LinkedHashMap<>();
            readers.put("snippets", Reader.of(chat, snippets));
            readers.put("whole documents", Reader.of(chat, whole));
            System.out.printf("%d documents, budget %d%n", library.size(), budget);
            if (question != null) {
                readers.forEach((way, reader) -> System.out.printf(
                        "%n%s: %s%n", way, reader.answer(question).content()));
            } else {
                Comparison comparison = new Comparison(readers);
                comparison.ask(Question.read(questions), System.out);
                if (output != null) {
                    comparison.write(output);
                }
            }
        }
        return 0;
    }
}
