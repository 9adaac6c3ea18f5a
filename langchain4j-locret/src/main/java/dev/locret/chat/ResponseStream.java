package dev.locret.chat;

import static dev.langchain4j.internal.InternalStreamingChatResponseHandlerUtils.onCompleteResponse;
import static dev.langchain4j.internal.InternalStreamingChatResponseHandlerUtils.onPartialResponse;
import static dev.langchain4j.internal.InternalStreamingChatResponseHandlerUtils.withLoggingExceptions;

import dev.langchain4j.model.chat.response.ChatResponse;
import dev.langchain4j.model.chat.response.StreamingChatResponseHandler;
import dev.langchain4j.model.chat.response.StreamingHandle;
import dev.locret.common.LocretException;
import dev.locret.engine.Generation;
import dev.locret.engine.GenerationListener;
import dev.locret.engine.GenerationResult;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Function;

/**
 * Tells a handler of one answer, on a thread of its own: the engine's worker only drops pieces into a queue, so a slow
 * handler holds up nobody else. As everywhere in LangChain4j, what a handler throws goes to its {@code onError} and
 * the answer goes on. After a cancellation the handler hears nothing any more.
 */
public final class ResponseStream implements GenerationListener, StreamingHandle {
    private static final AtomicLong COUNT = new AtomicLong();

    /** How long the end of a generation may go unnoticed; pieces are noticed at once. */
    private static final long END_CHECK_MILLIS = 10;

    private final StreamingChatResponseHandler handler;
    private final Function<GenerationResult, ChatResponse> toResponse;
    private final BlockingQueue<String> pieces = new LinkedBlockingQueue<>();
    private volatile Generation generation;
    private volatile boolean cancelled;

    /** A stream to {@code handler}; pass it to the engine as listener, then call {@link #start}. */
    public ResponseStream(StreamingChatResponseHandler handler, Function<GenerationResult, ChatResponse> toResponse) {
        this.handler = handler;
        this.toResponse = toResponse;
    }

    /** Tells the handler of {@code submitted} until it ends, in the background. */
    public void start(Generation submitted) {
        generation = submitted;
        Thread thread = new Thread(this::run, "locret-stream-" + COUNT.incrementAndGet());
        thread.setDaemon(true);
        thread.start();
    }

    @Override
    public void onText(String text) {
        pieces.add(text);
    }

    @Override
    public void cancel() {
        cancelled = true;
        generation.cancel();
    }

    @Override
    public boolean isCancelled() {
        return cancelled;
    }

    private void run() {
        try {
            deliverPieces();
            if (!cancelled) {
                deliverEnd();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } finally {
            // Without a listener an answer is wasted work: a handler may have died of an Error. No effect when done.
            generation.cancel();
        }
    }

    private void deliverPieces() throws InterruptedException {
        while (!cancelled) {
            boolean ended = generation.isDone();
            String piece = ended ? pieces.poll() : pieces.poll(END_CHECK_MILLIS, TimeUnit.MILLISECONDS);
            if (piece != null) {
                onPartialResponse(handler, piece, this);
            } else if (ended) {
                return;
            }
        }
    }

    private void deliverEnd() {
        ChatResponse response;
        try {
            response = toResponse.apply(generation.await());
        } catch (LocretException e) {
            fail(handler, ExceptionMapper.map(e));
            return;
        } catch (RuntimeException e) {
            fail(handler, e);
            return;
        }
        onCompleteResponse(handler, response);
    }

    /** Tells {@code handler} of an error, whatever it does about it. */
    public static void fail(StreamingChatResponseHandler handler, RuntimeException error) {
        withLoggingExceptions(() -> handler.onError(error));
    }
}
