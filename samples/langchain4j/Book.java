import dev.locret.LocretChatModel;
import java.nio.file.Files;
import java.nio.file.Path;

/** The README's: asks about {@code book.txt}; run it where the files are that it names. */
class Book {
    public static void main(String[] args) throws Exception {
        try (LocretChatModel model = LocretChatModel.builder()
                .modelPath("SmolLM2-135M-Instruct.Q4_1.gguf")
                .retainingHeadsPath("samples/models/smollm2-135m-instruct.safetensors")
                .cacheBudget(1024) // entries per KV head, whatever the length of the text
                .chunkSize(512)
                .build()) {
            String book = Files.readString(Path.of("book.txt"));
            System.out.println(model.chat(book + "\n\nWho is the narrator?"));
        }
    }
}
