import dev.langchain4j.data.message.UserMessage;
import dev.langchain4j.model.chat.request.ChatRequest;
import dev.locret.LocretChatModel;
import dev.locret.LocretChatRequestParameters;
import dev.locret.engine.GenerationListener;
import java.nio.file.Files;
import java.nio.file.Path;

/** Reads a document once and asks it: {@code run.sh ReadOnce MODEL DOCUMENT}. */
class ReadOnce {
    public static void main(String[] args) throws Exception {
        Path document = Path.of(args[1]);
        try (LocretChatModel model = LocretChatModel.builder()
                .modelPath(args[0])
                .maxOutputTokens(100)
                .build()) {
            model.readContext("contract-42", Files.readString(document), GenerationListener.NONE)
                    .await();
            for (String question : new String[] {"Who signs it?", "When does it end?"}) {
                ChatRequest request = ChatRequest.builder()
                        .messages(UserMessage.from(question))
                        .parameters(LocretChatRequestParameters.builder()
                                .context("contract-42")
                                .build())
                        .build();
                System.out.println(model.chat(request).aiMessage().text());
            }
        }
    }
}
