package dev.locret;

import static dev.langchain4j.data.message.UserMessage.userMessage;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.langchain4j.data.message.ImageContent;
import dev.langchain4j.data.message.UserMessage;
import dev.langchain4j.exception.InternalServerException;
import dev.langchain4j.exception.InvalidRequestException;
import dev.langchain4j.exception.TimeoutException;
import dev.langchain4j.exception.UnsupportedFeatureException;
import dev.langchain4j.model.ModelProvider;
import dev.langchain4j.model.chat.Capability;
import dev.langchain4j.model.chat.request.ChatRequest;
import dev.langchain4j.model.chat.response.ChatResponse;
import dev.langchain4j.model.chat.response.PartialResponse;
import dev.langchain4j.model.chat.response.PartialResponseContext;
import dev.langchain4j.model.chat.response.StreamingChatResponseHandler;
import dev.langchain4j.model.chat.response.StreamingHandle;
import dev.locret.LocretStreamingChatModel.LocretStreamingChatModelBuilder;
import dev.locret.testing.DemoEngine;
import dev.locret.testing.DemoModel;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.assertj.core.api.AbstractThrowableAssert;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(120)
class LocretStreamingChatModelTest {
    private static final UserMessage QUESTION = userMessage("What is the capital of France?");

    private final LocretStreamingChatModel model = shared().maxOutputTokens(12).build();

    @Test
    void streamsWhatTheChatModelAnswers() throws Exception {
        LocretChatModel whole = LocretChatModel.builder()
                .engine(model.engine())
                .maxOutputTokens(12)
                .build();
        ChatResponse expected = whole.chat(QUESTION);
        Collector handler = new Collector();

        model.chat(List.of(QUESTION), handler);
        ChatResponse response = handler.response();

        assertThat(response.aiMessage()).isEqualTo(expected.aiMessage());
        assertThat(handler.pieces).hasSizeGreaterThan(2).doesNotContain("");
        assertThat(String.join("", handler.pieces))
                .isEqualTo(expected.aiMessage().text());
        assertThat(response.tokenUsage()).isEqualTo(expected.tokenUsage());
        assertThat(response.finishReason()).isEqualTo(expected.finishReason());
        assertThat(response.metadata()).isInstanceOf(LocretChatResponseMetadata.class);
        assertThat(handler.threads.stream().distinct())
                .hasSize(1)
                .doesNotContain(Thread.currentThread())
                .allMatch(thread -> !thread.getName().equals("locret-engine"));
    }

    @Test
    void withholdsAStopSequence() throws Exception {
        Collector handler = new Collector();

        shared().stopSequences(List.of("Paris")).build().chat(List.of(QUESTION), handler);

        String text = handler.response().aiMessage().text();
        assertThat(String.join("", handler.pieces))
                .isEqualTo(text)
                .contains("France")
                .doesNotContain("P");
    }

    @Test
    void isSilentAfterCancellation() throws Exception {
        Collector handler = new Collector();
        CompletableFuture<StreamingHandle> cancelled = new CompletableFuture<>();
        handler.onPiece = handle -> {
            if (handler.pieces.size() == 2) {
                handle.cancel();
                cancelled.complete(handle);
            }
        };

        model.chat(List.of(userMessage("Tell me a long story about animals.")), handler);
        assertThat(cancelled.get(60, TimeUnit.SECONDS).isCancelled()).isTrue();
        // The engine answers others afterwards, in its one queue: the cancelled one has ended.
        Collector next = new Collector();
        model.chat(List.of(QUESTION), next);
        next.response();

        assertThat(handler.pieces).hasSize(2);
        assertThat(handler.end).isNotDone();
    }

    @Test
    void tellsTheHandlerOfErrorsOnce() {
        assertFails(model, ChatRequest.builder().messages(userMessage(ImageContent.from("http://localhost/a.png"))))
                .isExactlyInstanceOf(UnsupportedFeatureException.class);
        assertFails(model, ChatRequest.builder().messages(QUESTION).temperature(-1.0))
                .isExactlyInstanceOf(InvalidRequestException.class)
                .hasMessage("temperature out of range: temperature=-1.0, allowed=0..100");
        assertFails(
                        shared().timeout(Duration.ofNanos(1)).build(),
                        ChatRequest.builder().messages(QUESTION))
                .isExactlyInstanceOf(TimeoutException.class);
    }

    @Test
    void failsWhenClosed() {
        LocretStreamingChatModel own = LocretStreamingChatModel.builder()
                .modelPath(DemoModel.path())
                .cacheBudget("64MiB")
                .build();
        assertThat(own.engine().options().cacheBytes()).isEqualTo(64L << 20);
        own.close();

        assertFails(own, ChatRequest.builder().messages(QUESTION))
                .isExactlyInstanceOf(InternalServerException.class)
                .hasMessageContaining("closed");
    }

    @Test
    void callsListenersInOrder() throws Exception {
        RecordingListener.Log log = new RecordingListener.Log();
        LocretStreamingChatModel listened = shared().maxOutputTokens(2)
                .listeners(List.of(new RecordingListener("a", log), new RecordingListener("b", log)))
                .build();
        Collector handler = new Collector();

        listened.chat(List.of(QUESTION), handler);
        handler.response();
        assertFails(listened, ChatRequest.builder().messages(userMessage(ImageContent.from("http://localhost/a.png"))))
                .isInstanceOf(UnsupportedFeatureException.class);

        assertThat(log.events)
                .containsExactly(
                        "a request OTHER",
                        "b request OTHER",
                        "a response LENGTH",
                        "b response LENGTH",
                        "a request OTHER",
                        "b request OTHER",
                        "a error UnsupportedFeatureException",
                        "b error UnsupportedFeatureException");
        assertThat(model.provider()).isEqualTo(ModelProvider.OTHER);
        assertThat(model.supportedCapabilities()).containsExactly(Capability.RESPONSE_FORMAT_JSON_SCHEMA);
    }

    @Test
    void survivesAHandlerThatThrows() throws Exception {
        Collector handler = new Collector();
        handler.onPiece = handle -> {
            throw new IllegalStateException("mine");
        };
        handler.endsOnError = false;

        model.chat(List.of(QUESTION), handler);

        String text = handler.response().aiMessage().text();
        assertThat(String.join("", handler.pieces)).isEqualTo(text);
        assertThat(handler.errors).hasSameSizeAs(handler.pieces).allMatch(e -> "mine".equals(e.getMessage()));
    }

    private static AbstractThrowableAssert<?, ? extends Throwable> assertFails(
            LocretStreamingChatModel model, ChatRequest.Builder request) {
        Collector handler = new Collector();
        model.chat(request.build(), handler);
        AbstractThrowableAssert<?, ? extends Throwable> thrown = assertThatThrownBy(() -> {
            try {
                handler.response();
            } catch (ExecutionException e) {
                throw e.getCause();
            }
        });
        assertThat(handler.errors).hasSize(1);
        assertThat(handler.pieces).isEmpty();
        return thrown;
    }

    private static LocretStreamingChatModelBuilder shared() {
        return LocretStreamingChatModel.builder().engine(DemoEngine.shared());
    }

    private static final class Collector implements StreamingChatResponseHandler {
        private final List<String> pieces = new CopyOnWriteArrayList<>();
        private final List<Throwable> errors = new CopyOnWriteArrayList<>();
        private final List<Thread> threads = new CopyOnWriteArrayList<>();
        private final CompletableFuture<ChatResponse> end = new CompletableFuture<>();
        private volatile Consumer<StreamingHandle> onPiece = handle -> {};
        private volatile boolean endsOnError = true;

        @Override
        public void onPartialResponse(PartialResponse piece, PartialResponseContext context) {
            threads.add(Thread.currentThread());
            pieces.add(piece.text());
            onPiece.accept(context.streamingHandle());
        }

        @Override
        public void onCompleteResponse(ChatResponse response) {
            threads.add(Thread.currentThread());
            if (!end.complete(response)) {
                errors.add(new AssertionError("ended twice"));
            }
        }

        @Override
        public void onError(Throwable error) {
            errors.add(error);
            if (endsOnError) {
                end.completeExceptionally(error);
            }
        }

        ChatResponse response() throws Exception {
            return end.get(60, TimeUnit.SECONDS);
        }
    }
}
