package dev.locret.chat;

import static org.assertj.core.api.Assertions.assertThat;

import dev.langchain4j.data.message.AiMessage;
import dev.langchain4j.exception.InternalServerException;
import dev.langchain4j.model.chat.response.ChatResponse;
import dev.langchain4j.model.chat.response.CompleteToolCall;
import dev.langchain4j.model.chat.response.PartialResponse;
import dev.langchain4j.model.chat.response.PartialResponseContext;
import dev.langchain4j.model.chat.response.PartialThinking;
import dev.langchain4j.model.chat.response.PartialToolCall;
import dev.langchain4j.model.chat.response.StreamingChatResponseHandler;
import dev.langchain4j.model.chat.response.StreamingHandle;
import dev.locret.chat.answer.AnswerCollector;
import dev.locret.chat.answer.AnswerParser.Start;
import dev.locret.chat.tools.ToolFormat;
import dev.locret.common.ErrorId;
import dev.locret.common.LocretException;
import dev.locret.engine.Generation;
import dev.locret.engine.GenerationResult;
import dev.locret.engine.GenerationResult.Finish;
import java.time.Duration;
import java.util.List;
import java.util.Set;
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
    private final ResponseStream stream = new ResponseStream(
            handler, null, new AnswerReading(Start.TEXT, null, Set.of(), false), true, ResponseStreamTest::response);

    @Test
    void deliversPiecesThenTheResponse() throws Exception {
        stream.onText("He");
        stream.onSubmitted(generation);
        stream.start();
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
    void deliversThoughtsAndCalls() throws Exception {
        ResponseStream reading = new ResponseStream(
                handler,
                null,
                new AnswerReading(Start.MAY_THINK, ToolFormat.HERMES, Set.of("f"), true),
                true,
                ResponseStreamTest::response);
        reading.onSubmitted(generation);
        reading.start();
        for (String piece :
                List.of("<thi", "nk>hm</think>", "Look.\n<tool_", "call>{\"name\": \"f\", \"arguments\": {\"a\"")) {
            reading.onText(piece);
        }
        reading.onText(": 1}}</tool_call>");
        generation.end("as above");

        assertThat(handler.next()).isEqualTo("thinking hm");
        assertThat(handler.next()).isEqualTo("piece Look.");
        assertThat(handler.next()).isEqualTo("partial 0 f {\"a\"");
        assertThat(handler.next()).isEqualTo("partial 0 f : 1}");
        assertThat(handler.next()).isEqualTo("call 0 f {\"a\": 1}");
        assertThat(handler.next()).isEqualTo("complete as above");
        handler.assertEnded();
    }

    @Test
    void keepsThoughtsToItselfIfToldSo() throws Exception {
        ResponseStream reading = new ResponseStream(
                handler,
                null,
                new AnswerReading(Start.THINKING, null, Set.of(), false),
                false,
                ResponseStreamTest::response);
        reading.onText("hm</think>Yes");
        generation.end("Yes");
        reading.onSubmitted(generation);
        reading.start();

        assertThat(handler.next()).isEqualTo("piece Yes");
        assertThat(handler.next()).isEqualTo("complete Yes");
        handler.assertEnded();
    }

    @Test
    void isSilentAfterCancellationWithinOnePiece() throws Exception {
        ResponseStream reading = new ResponseStream(
                handler,
                null,
                new AnswerReading(Start.TEXT, ToolFormat.HERMES, Set.of("f"), true),
                true,
                ResponseStreamTest::response);
        handler.onPiece = StreamingHandle::cancel;
        reading.onText("Look. <tool_call>{\"name\": \"f\", \"arguments\": {}}</tool_call> Done");
        reading.onSubmitted(generation);
        reading.start();

        assertThat(handler.next()).isEqualTo("piece Look.");
        handler.assertEnded();
    }

    @Test
    void deliversAnErrorOnce() throws Exception {
        stream.onSubmitted(generation);
        stream.start();
        stream.onText("He");
        generation.fail(new LocretException(ErrorId.CLOSED, "engine: closed"));

        assertThat(handler.next()).isEqualTo("piece He");
        assertThat(handler.next()).isEqualTo("error " + InternalServerException.class.getName() + ": engine: closed");
        handler.assertEnded();
    }

    @Test
    void deliversErrorsOfOtherKindsAsTheyAre() throws Exception {
        stream.onSubmitted(generation);
        stream.start();
        generation.fail(new IllegalStateException("bug"));

        assertThat(handler.next()).isEqualTo("error java.lang.IllegalStateException: bug");
        handler.assertEnded();
    }

    @Test
    void isSilentAfterCancellation() throws Exception {
        handler.onPiece = StreamingHandle::cancel;
        stream.onText("He");
        stream.onText("llo");
        stream.onSubmitted(generation);
        stream.start();

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
        stream.onSubmitted(generation);
        stream.start();

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
        stream.onSubmitted(generation);
        stream.start();
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
        stream.onSubmitted(generation);
        stream.start();

        assertThat(generation.cancelled).succeedsWithin(Duration.ofSeconds(30));
    }

    private static void awaitQuietly(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private static ChatResponse response(AnswerCollector answer, GenerationResult result) {
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
        public void onPartialThinking(PartialThinking thinking) {
            record("thinking " + thinking.text());
        }

        @Override
        public void onPartialToolCall(PartialToolCall call) {
            record("partial " + call.index() + " " + call.name() + " " + call.partialArguments());
        }

        @Override
        public void onCompleteToolCall(CompleteToolCall call) {
            record("call " + call.index() + " " + call.toolExecutionRequest().name() + " "
                    + call.toolExecutionRequest().arguments());
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
                    0,
                    Duration.ZERO,
                    Duration.ZERO,
                    Duration.ZERO,
                    0,
                    0,
                    false));
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
        public void whenDone(Runnable action) {
            outcome.whenComplete((result, failure) -> action.run());
        }

        @Override
        public boolean isDone() {
            return outcome.isDone();
        }
    }
}
