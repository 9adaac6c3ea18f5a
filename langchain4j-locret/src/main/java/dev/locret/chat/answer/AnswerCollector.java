package dev.locret.chat.answer;

import dev.langchain4j.agent.tool.ToolExecutionRequest;
import dev.langchain4j.data.message.AiMessage;
import java.util.ArrayList;
import java.util.List;

/** Puts the parts of an answer together to a message. */
public final class AnswerCollector implements AnswerSink {
    private final StringBuilder text = new StringBuilder();
    private final StringBuilder thinking = new StringBuilder();
    private final List<ToolExecutionRequest> calls = new ArrayList<>();

    @Override
    public void text(String piece) {
        text.append(piece);
    }

    @Override
    public void thinking(String piece) {
        thinking.append(piece);
    }

    @Override
    public void partialCall(int index, String id, String name, String arguments) {
        // It comes whole as well.
    }

    @Override
    public void completeCall(int index, ToolExecutionRequest call) {
        calls.add(call);
    }

    public boolean hasCalls() {
        return !calls.isEmpty();
    }

    /**
     * The message. An answer without text and calls has an empty text; beside calls or thoughts no text is null.
     *
     * @param withThinking whether it carries what the model thought
     */
    public AiMessage message(boolean withThinking) {
        boolean thought = withThinking && thinking.length() > 0;
        return AiMessage.builder()
                .text(text.length() == 0 && (thought || hasCalls()) ? null : text.toString())
                .thinking(thought ? thinking.toString() : null)
                .toolExecutionRequests(calls)
                .build();
    }
}
