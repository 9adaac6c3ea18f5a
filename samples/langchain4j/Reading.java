import dev.langchain4j.data.message.UserMessage;
import dev.langchain4j.model.chat.request.ChatRequest;
import dev.locret.LocretChatModel;
import dev.locret.LocretChatRequestParameters;
import dev.locret.chat.RequestListener;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** Shows how far a text is read: {@code run.sh Reading MODEL TEXT}. */
class Reading {
    public static void main(String[] args) throws IOException {
        String text = Files.readString(Path.of(args[1]));
        try (LocretChatModel model =
                LocretChatModel.builder().modelPath(args[0]).build()) {
            RequestListener progress = new RequestListener() {
                @Override
                public void onRead(int tokensRead, int promptTokens, int entriesKept, double tokensPerSecond) {
                    System.out.println(tokensRead + " of " + promptTokens);
                }
            };
            String answer = model.chat(ChatRequest.builder()
                            .messages(UserMessage.from(text + "\n\nWho is the hero?"))
                            .parameters(LocretChatRequestParameters.builder()
                                    .requestListener(progress)
                                    .build())
                            .build())
                    .aiMessage()
                    .text();
            System.out.println(answer);
        }
    }
}
