import dev.langchain4j.model.chat.response.ChatResponse;
import dev.langchain4j.model.chat.response.PartialResponse;
import dev.langchain4j.model.chat.response.PartialResponseContext;
import dev.langchain4j.model.chat.response.StreamingChatResponseHandler;
import dev.locret.LocretStreamingChatModel;
import java.util.concurrent.CountDownLatch;

/** Ends an answer after its first piece: {@code run.sh Cancel MODEL}. */
class Cancel {
    public static void main(String[] args) throws InterruptedException {
        CountDownLatch heard = new CountDownLatch(1);
        try (LocretStreamingChatModel model =
                LocretStreamingChatModel.builder().modelPath(args[0]).build()) {
            model.chat("Tell me a very long story.", new StreamingChatResponseHandler() {
                @Override
                public void onPartialResponse(PartialResponse piece, PartialResponseContext context) {
                    System.out.println(piece.text());
                    context.streamingHandle().cancel();
                    heard.countDown();
                }

                @Override
                public void onCompleteResponse(ChatResponse response) {
                    throw new IllegalStateException("cancelled answers do not complete");
                }

                @Override
                public void onError(Throwable error) {
                    error.printStackTrace();
                }
            });
            heard.await();
        }
    }
}
