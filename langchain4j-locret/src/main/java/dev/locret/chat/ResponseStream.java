package dev.locret.chat;

import static dev.langchain4j.internal.InternalStreamingChatResponseHandlerUtils.onCompleteResponse;
import static dev.langchain4j.internal.InternalStreamingChatResponseHandlerUtils.withLoggingExceptions;

import dev.langchain4j.model.chat.response.ChatResponse;
import dev.langchain4j.model.chat.response.StreamingChatResponseHandler;
import dev.locret.chat.answer.AnswerCollector;
import dev.locret.chat.answer.AnswerParser;
import dev.locret.common.LocretException;
import dev.locret.engine.GenerationResult;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.BiFunction;

/**
 * Tells a handler of one answer, on a thread of its own: the engine's worker only drops pieces into a queue, so a slow
 * handler holds up nobody else. As everywhere in LangChain4j, what a handler throws goes to its {@code onError} and
 * the answer goes on. After a cancellation the handler hears nothing any more.
 */
public final class ResponseStream extends RequestProgress {
    private static final AtomicLong COUNT = new AtomicLong();

    /** Stands behind the last piece; no piece is empty. */
    private static final String END = "";

    private final StreamingChatResponseHandler handler;
    private final BiFunction<AnswerCollector, GenerationResult, ChatResponse> toResponse;
    private final AnswerCollector answer = new AnswerCollector();
    private final AnswerParser parser;
    private final BlockingQueue<String> pieces = new LinkedBlockingQueue<>();

    /**
     * A stream to {@code handler}; pass it to the engine as listener, then call {@link #start}.
     *
     * @param listener hears of the request before the handler does, may be null
     * @param tellThinking whether the handler hears what the model thinks
     */
    public ResponseStream(
            StreamingChatResponseHandler handler,
            RequestListener listener,
            AnswerReading reading,
            boolean tellThinking,
            BiFunction<AnswerCollector, GenerationResult, ChatResponse> toResponse) {
        super(listener);
        this.handler = handler;
        this.toResponse = toResponse;
        this.parser = reading.parser(new HandlerSink(handler, this, tellThinking, answer));
    }

    /** Tells the handler of what was submitted until that ends, in the background. */
    public void start() {
        generation().whenDone(() -> pieces.add(END));
        Thread thread = new Thread(this::run, "locret-stream-" + COUNT.incrementAndGet());
        thread.setDaemon(true);
        thread.start();
    }

    @Override
    public void onText(String text) {
        pieces.add(text);
    }

    private void run() {
        try {
            for (String piece = pieces.take(); !piece.equals(END) && !isCancelled(); piece = pieces.take()) {
                parser.append(piece);
            }
            if (!isCancelled()) {
                end();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } finally {
            // Without a listener an answer is wasted work: a handler may have died of an Error. No effect when done.
            generation().cancel();
        }
    }

    private void end() {
        ChatResponse response;
        try {
            GenerationResult result = generation().await();
            parser.finish();
            response = toResponse.apply(answer, result);
        } catch (LocretException e) {
            fail(handler, ExceptionMapper.map(e));
            return;
        } catch (RuntimeException e) {
            fail(handler, e);
            return;
        }
        if (!isCancelled()) {
            onCompleteResponse(handler, response);
        }
    }

    /** Tells {@code handler} of an error, whatever it does about it. */
    public static void fail(StreamingChatResponseHandler handler, RuntimeException error) {
        withLoggingExceptions(() -> handler.onError(error));
    }
}
