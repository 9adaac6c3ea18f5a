import static dev.langchain4j.model.LambdaStreamingResponseHandler.onPartialResponseAndErrorBlocking;

import dev.locret.LocretStreamingChatModel;

/** Prints an answer as it is written: {@code run.sh Streaming MODEL}. */
class Streaming {
    public static void main(String[] args) throws InterruptedException {
        try (LocretStreamingChatModel model = LocretStreamingChatModel.builder()
                .modelPath(args[0])
                .maxOutputTokens(100)
                .build()) {
            onPartialResponseAndErrorBlocking(
                    model, "Tell me a story.", System.out::print, error -> System.err.println(error.getMessage()));
        }
    }
}
