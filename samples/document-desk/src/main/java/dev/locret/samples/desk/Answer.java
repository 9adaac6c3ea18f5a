package dev.locret.samples.desk;

import dev.langchain4j.exception.RateLimitException;
import dev.langchain4j.model.chat.response.ChatResponse;
import dev.langchain4j.model.chat.response.StreamingChatResponseHandler;
import dev.langchain4j.model.chat.response.StreamingHandle;
import dev.locret.chat.RequestListener;
import java.io.IOException;
import java.util.Map;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.http.MediaType;
import org.springframework.web.servlet.mvc.method.annotation.SseEmitter;

/** Sends an answer while it is written. When its reader has left, the model stops. */
final class Answer implements StreamingChatResponseHandler, RequestListener {
    private static final Logger LOG = LoggerFactory.getLogger(Answer.class);

    private final SseEmitter emitter;
    private volatile StreamingHandle handle;
    private volatile boolean over;

    Answer(SseEmitter emitter) {
        this.emitter = emitter;
        emitter.onCompletion(this::stop);
        emitter.onError(failure -> stop());
        emitter.onTimeout(this::stop);
    }

    /** Whether nothing more is to come. */
    boolean isOver() {
        return over;
    }

    private void stop() {
        over = true;
        StreamingHandle running = handle;
        if (running != null) {
            running.cancel();
        }
    }

    /** Finds out whether the reader is still there, which only writing tells. */
    void beat() {
        if (!over) {
            write(SseEmitter.event().comment("still here"));
        }
    }

    @Override
    public void onStart(StreamingHandle started) {
        handle = started;
        if (over) {
            stop();
        }
    }

    @Override
    public void onPartialResponse(String text) {
        send("text", Map.of("text", text));
    }

    @Override
    public void onCompleteResponse(ChatResponse response) {
        send("done", Map.of("tokens", response.tokenUsage().outputTokenCount()));
        end();
    }

    @Override
    public void onError(Throwable error) {
        if (!over) {
            LOG.warn("No answer", error);
            // The engine's messages are for operators: they name files, and the contexts of others.
            String message = error instanceof RateLimitException
                    ? "Too many questions are waiting, ask again later"
                    : "The model could not answer";
            send("failure", Map.of("message", message));
            end();
        }
    }

    private void end() {
        over = true;
        emitter.complete();
    }

    private void send(String name, Map<String, ?> data) {
        write(SseEmitter.event().name(name).data(data, MediaType.APPLICATION_JSON));
    }

    private synchronized void write(SseEmitter.SseEventBuilder event) {
        try {
            emitter.send(event);
        } catch (IOException | IllegalStateException e) {
            stop();
        }
    }
}
