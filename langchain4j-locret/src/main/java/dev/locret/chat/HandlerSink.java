package dev.locret.chat;

import static dev.langchain4j.internal.InternalStreamingChatResponseHandlerUtils.onCompleteToolCall;
import static dev.langchain4j.internal.InternalStreamingChatResponseHandlerUtils.onPartialResponse;
import static dev.langchain4j.internal.InternalStreamingChatResponseHandlerUtils.onPartialThinking;
import static dev.langchain4j.internal.InternalStreamingChatResponseHandlerUtils.onPartialToolCall;

import dev.langchain4j.agent.tool.ToolExecutionRequest;
import dev.langchain4j.model.chat.response.CompleteToolCall;
import dev.langchain4j.model.chat.response.PartialToolCall;
import dev.langchain4j.model.chat.response.StreamingChatResponseHandler;
import dev.langchain4j.model.chat.response.StreamingHandle;
import dev.locret.chat.answer.AnswerSink;

/** Tells a handler of an answer's parts, and another sink as well; nothing once cancelled. */
final class HandlerSink implements AnswerSink {
    private final StreamingChatResponseHandler handler;
    private final StreamingHandle handle;
    private final boolean tellThinking;
    private final AnswerSink collector;

    HandlerSink(
            StreamingChatResponseHandler handler, StreamingHandle handle, boolean tellThinking, AnswerSink collector) {
        this.handler = handler;
        this.handle = handle;
        this.tellThinking = tellThinking;
        this.collector = collector;
    }

    @Override
    public void text(String piece) {
        collector.text(piece);
        if (!handle.isCancelled()) {
            onPartialResponse(handler, piece, handle);
        }
    }

    @Override
    public void thinking(String piece) {
        collector.thinking(piece);
        if (tellThinking && !handle.isCancelled()) {
            onPartialThinking(handler, piece, handle);
        }
    }

    @Override
    public void partialCall(int index, String id, String name, String arguments) {
        if (!handle.isCancelled()) {
            PartialToolCall call = PartialToolCall.builder()
                    .index(index)
                    .id(id)
                    .name(name)
                    .partialArguments(arguments)
                    .build();
            onPartialToolCall(handler, call, handle);
        }
    }

    @Override
    public void completeCall(int index, ToolExecutionRequest call) {
        collector.completeCall(index, call);
        if (!handle.isCancelled()) {
            onCompleteToolCall(handler, new CompleteToolCall(index, call));
        }
    }
}
