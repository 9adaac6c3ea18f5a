package dev.locret.samples.chat;

import dev.langchain4j.model.chat.ChatModel;
import dev.langchain4j.model.chat.StreamingChatModel;
import dev.langchain4j.model.chat.response.ChatResponse;
import dev.langchain4j.model.chat.response.PartialResponse;
import dev.langchain4j.model.chat.response.PartialResponseContext;
import dev.langchain4j.model.chat.response.StreamingChatResponseHandler;
import java.io.IOException;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RestController;
import org.springframework.web.servlet.mvc.method.annotation.ResponseBodyEmitter;

@RestController
class ChatController {
    private final ChatModel model;
    private final StreamingChatModel streaming;

    ChatController(ChatModel model, StreamingChatModel streaming) {
        this.model = model;
        this.streaming = streaming;
    }

    @PostMapping("/chat")
    String answer(@RequestBody String question) {
        return model.chat(question);
    }

    @PostMapping(path = "/chat/stream", produces = "text/plain;charset=UTF-8")
    ResponseBodyEmitter stream(@RequestBody String question) {
        ResponseBodyEmitter answer = new ResponseBodyEmitter(0L); // a long text takes long: no time limit
        streaming.chat(question, new StreamingChatResponseHandler() {
            @Override
            public void onPartialResponse(PartialResponse piece, PartialResponseContext context) {
                try {
                    answer.send(piece.text());
                } catch (IOException | IllegalStateException e) { // nobody listens any more
                    context.streamingHandle().cancel();
                }
            }

            @Override
            public void onCompleteResponse(ChatResponse response) {
                answer.complete();
            }

            @Override
            public void onError(Throwable error) {
                answer.completeWithError(error);
            }
        });
        return answer;
    }
}
