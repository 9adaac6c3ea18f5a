package dev.locret.chat;

import static org.assertj.core.api.Assertions.assertThat;

import dev.langchain4j.data.message.AiMessage;
import dev.langchain4j.exception.InternalServerException;
import dev.langchain4j.model.chat.response.ChatResponse;
import dev.langchain4j.model.chat.response.PartialResponse;
import dev.langchain4j.model.chat.response.PartialResponseContext;
import dev.langchain4j.model.chat.response.StreamingChatResponseHandler;
import dev.langchain4j.model.chat.response.StreamingHandle;
import dev.locret.common.ErrorId;
import dev.locret.common.LocretException;
import dev.locret.engine.Generation;
import dev.locret.engine.GenerationResult;
import dev.locret.engine.GenerationResult.Finish;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class ResponseStreamTest {
    private final FakeGeneration generation = new FakeGeneration();
    private final Recorder handler = new Recorder();
    private final ResponseStream stream = new ResponseStream(handler, ResponseStreamTest::response);

    @Test
    void deliversPiecesThenTheResponse() throws Exception {
        stream.onText("He");
        stream.start(generation);
        assertThat(handler.next()).isEqualTo("piece He");
        stream.onText("llo");
        assertThat(handler.next()).isEqualTo("piece llo");
        stream.onText("!");
        generation.end("Hello!");

        assertThat(handler.next()).isEqualTo("piece !");
        assertThat(handler.next()).isEqualTo("complete Hello!");
        handler.assertEnded();
        assertThat(handler.threads).hasSize(4).allMatch(t -> t.startsWith("locret-stream-"));
        assertThat(handler.threads.stream().distinct()).hasSize(1);
    }

    @Test
    void deliversAnErrorOnce() throws Exception {
        stream.start(generation);
        stream.onText("He");
        generation.fail(new LocretException(ErrorId.CLOSED, "engine: closed"));

        assertThat(handler.next()).isEqualTo("piece He");
        assertThat(handler.next()).isEqualTo("error " + InternalServerException.class.getName() + ": engine: closed");
        handler.assertEnded();
    }

    @Test
    void deliversErrorsOfOtherKindsAsTheyAre() throws Exception {
        stream.start(generation);
        generation.fail(new IllegalStateException("bug"));

        assertThat(handler.next()).isEqualTo("error java.lang.IllegalStateException: bug");
        handler.assertEnded();
    }

    @Test
    void isSilentAfterCancellation() throws Exception {
        handler.onPiece = StreamingHandle::cancel;
        stream.onText("He");
        stream.onText("llo");
        stream.start(generation);

        assertThat(handler.next()).isEqualTo("piece He");
        handler.assertEnded();
        assertThat(stream.isCancelled()).isTrue();
        assertThat(generation.isDone()).isTrue();
        stream.cancel();
        assertThat(stream.isCancelled()).isTrue();
    }

    @Test
    void tellsAHandlerWhatItThrewAndGoesOn() throws Exception {
        handler.onPiece = handle -> {
            throw new IllegalStateException("mine");
        };
        stream.onText("He");
        stream.onText("llo");
        generation.end("Hello");
        stream.start(generation);

        assertThat(handler.next()).isEqualTo("piece He");
        assertThat(handler.next()).isEqualTo("error java.lang.IllegalStateException: mine");
        assertThat(handler.next()).isEqualTo("piece llo");
        assertThat(handler.next()).isEqualTo("error java.lang.IllegalStateException: mine");
        assertThat(handler.next()).isEqualTo("complete Hello");
        handler.assertEnded();
    }

    @Test
    void letsTheEngineGoOnWhileAHandlerIsBusy() throws Exception {
        CountDownLatch busy = new CountDownLatch(1);
        CountDownLatch free = new CountDownLatch(1);
        handler.onPiece = handle -> {
            busy.countDown();
            awaitQuietly(free);
        };
        stream.start(generation);
        stream.onText("a");
        awaitQuietly(busy);
        for (int i = 0; i < 1000; i++) {
            stream.onText("b");
        }
        generation.end("done");
        free.countDown();

        for (int i = 0; i < 1001; i++) {
            assertThat(handler.next()).startsWith("piece ");
        }
        assertThat(handler.next()).isEqualTo("complete done");
        handler.assertEnded();
    }

    @Test
    void stopsTheWorkWhenAHandlerDies() {
        handler.onPiece = handle -> {
            throw new AssertionError("a failing test of a user");
        };
        stream.onText("a");
        stream.start(generation);

        assertThat(generation.cancelled).succeedsWithin(Duration.ofSeconds(30));
    }

    private static void awaitQuietly(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private static ChatResponse response(GenerationResult result) {
        return ChatResponse.builder().aiMessage(AiMessage.from(result.text())).build();
    }

    private static final class Recorder implements StreamingChatResponseHandler {
        private final BlockingQueue<String> events = new LinkedBlockingQueue<>();
        private final List<String> threads = new CopyOnWriteArrayList<>();
        private volatile Consumer<StreamingHandle> onPiece = handle -> {};

        @Override
        public void onPartialResponse(PartialResponse piece, PartialResponseContext context) {
            record("piece " + piece.text());
            onPiece.accept(context.streamingHandle());
        }

        @Override
        public void onCompleteResponse(ChatResponse response) {
            record("complete " + response.aiMessage().text());
        }

        @Override
        public void onError(Throwable error) {
            record("error " + error);
        }

        private void record(String event) {
            threads.add(Thread.currentThread().getName());
            events.add(event);
        }

        String next() throws InterruptedException {
            return events.poll(30, TimeUnit.SECONDS);
        }

        /** No event can follow: the only thread that calls this handler is gone. */
        void assertEnded() throws InterruptedException {
            for (Thread thread : Thread.getAllStackTraces().keySet()) {
                if (threads.contains(thread.getName())) {
                    thread.join();
                }
            }
            assertThat(events).isEmpty();
        }
    }

    private static final class FakeGeneration implements Generation {
        private final CompletableFuture<GenerationResult> outcome = new CompletableFuture<>();
        private final CompletableFuture<Void> cancelled = new CompletableFuture<>();

        void end(String text) {
            outcome.complete(new GenerationResult(
                    text,
                    new int[0],
                    Finish.STOP,
                    1,
                    0,
                    "none",
                    1,
                    0,
                    0,
                    Duration.ZERO,
                    Duration.ZERO,
                    Duration.ZERO,
                    0,
                    0));
        }

        void fail(RuntimeException error) {
            outcome.completeExceptionally(error);
        }

        @Override
        public GenerationResult await() {
            try {
                return outcome.join();
            } catch (CompletionException e) {
                throw (RuntimeException) e.getCause();
            }
        }

        @Override
        public void cancel() {
            cancelled.complete(null);
            fail(new LocretException(ErrorId.CANCELLED, "cancelled"));
        }

        @Override
        public boolean isDone() {
            return outcome.isDone();
        }
    }
}
