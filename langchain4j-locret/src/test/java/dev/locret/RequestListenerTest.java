package dev.locret;

import static dev.langchain4j.data.message.UserMessage.userMessage;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.langchain4j.exception.InternalServerException;
import dev.langchain4j.model.chat.request.ChatRequest;
import dev.langchain4j.model.chat.response.ChatResponse;
import dev.langchain4j.model.chat.response.StreamingChatResponseHandler;
import dev.langchain4j.model.chat.response.StreamingHandle;
import dev.locret.chat.RequestListener;
import dev.locret.testing.DemoEngine;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(120)
class RequestListenerTest {
    /** Ten chunks of the shared engine. */
    private static final String TEXT = "The ship was called Marigold and sailed at dawn. ".repeat(52);

    private static final AtomicInteger COUNT = new AtomicInteger(100);

    private final LocretChatModel model = LocretChatModel.builder()
            .engine(DemoEngine.shared())
            .maxOutputTokens(4)
            .build();
    private final LocretStreamingChatModel streaming = LocretStreamingChatModel.builder()
            .engine(DemoEngine.shared())
            .maxOutputTokens(4)
            .build();
    private final List<String> events = new CopyOnWriteArrayList<>();

    @Test
    void hearsOfTheReadingBeforeTheAnswer() throws Exception {
        Recorder handler = new Recorder();
        streaming.chat(request(new Listener()), handler);
        ChatResponse streamed = handler.end.get(60, TimeUnit.SECONDS);
        List<String> ofTheStream = List.copyOf(events);
        events.clear();
        ChatResponse response = model.chat(request(new Listener()));

        int tokens = response.tokenUsage().inputTokenCount();
        assertThat(streamed.tokenUsage().inputTokenCount()).isEqualTo(tokens);
        assertThat(ofTheStream)
                .startsWith("start on " + Thread.currentThread().getName(), "read 64 of " + tokens)
                .containsSubsequence("read " + tokens + " of " + tokens, "piece");
        assertThat(events)
                .hasSizeGreaterThan(9)
                .startsWith("start on " + Thread.currentThread().getName())
                .endsWith("read " + tokens + " of " + tokens);
    }

    @Test
    void endsAStreamWhoseTextIsBeingRead() throws Exception {
        Recorder handler = new Recorder();
        CompletableFuture<StreamingHandle> cancelled = new CompletableFuture<>();

        streaming.chat(
                request(new Listener() {
                    @Override
                    void heard(StreamingHandle handle, int chunk) {
                        if (chunk == 2) {
                            handle.cancel();
                            cancelled.complete(handle);
                        }
                    }
                }),
                handler);
        assertThat(cancelled.get(60, TimeUnit.SECONDS).isCancelled()).isTrue();
        // One session: the next answer comes when the cancelled one is over.
        model.chat("And now?");

        assertThat(events).hasSize(3).noneMatch(event -> event.equals("piece"));
        assertThat(handler.end).isNotDone();
    }

    @Test
    void endsACallBeforeItWaits() {
        assertThatThrownBy(() -> model.chat(request(new RequestListener() {
                    @Override
                    public void onStart(StreamingHandle handle) {
                        handle.cancel();
                    }
                })))
                .isExactlyInstanceOf(InternalServerException.class)
                .hasMessage("generation: cancelled");
    }

    @Test
    void whatItThrowsEndsItsRequest() {
        Listener whileReading = new Listener() {
            @Override
            void heard(StreamingHandle handle, int chunk) {
                throw new IllegalStateException("mine");
            }
        };
        RequestListener atTheStart = new RequestListener() {
            @Override
            public void onStart(StreamingHandle handle) {
                throw new IllegalStateException("mine");
            }
        };
        for (RequestListener listener : List.of(whileReading, atTheStart)) {
            assertThatThrownBy(() -> model.chat(request(listener)))
                    .isExactlyInstanceOf(IllegalStateException.class)
                    .hasMessage("mine");
            Recorder handler = new Recorder();
            streaming.chat(request(listener), handler);
            assertThatThrownBy(() -> handler.end.get(60, TimeUnit.SECONDS))
                    .isInstanceOf(ExecutionException.class)
                    .cause()
                    .isExactlyInstanceOf(IllegalStateException.class)
                    .hasMessage("mine");
        }
        assertThat(model.chat("Are you there?")).isNotBlank();
    }

    /** Other words each time: what was read before is not read again. */
    private static ChatRequest request(RequestListener listener) {
        return ChatRequest.builder()
                .messages(userMessage(COUNT.incrementAndGet() + ". " + TEXT + "What was the ship called?"))
                .parameters(LocretChatRequestParameters.builder()
                        .requestListener(listener)
                        .build())
                .build();
    }

    private class Listener implements RequestListener {
        private volatile StreamingHandle handle;
        private int chunks;

        void heard(StreamingHandle started, int chunk) {}

        @Override
        public void onStart(StreamingHandle started) {
            handle = started;
            events.add("start on " + Thread.currentThread().getName());
        }

        @Override
        public void onRead(int tokensRead, int promptTokens, int entriesKept, double tokensPerSecond) {
            events.add("read " + tokensRead + " of " + promptTokens);
            heard(handle, ++chunks);
        }
    }

    private final class Recorder implements StreamingChatResponseHandler {
        private final CompletableFuture<ChatResponse> end = new CompletableFuture<>();

        @Override
        public void onPartialResponse(String piece) {
            events.add("piece");
        }

        @Override
        public void onCompleteResponse(ChatResponse response) {
            end.complete(response);
        }

        @Override
        public void onError(Throwable error) {
            end.completeExceptionally(error);
        }
    }
}
