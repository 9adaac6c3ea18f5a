package dev.locret.chat.answer;

import dev.locret.chat.tools.ToolFormat;
import java.util.Set;

/**
 * Takes an answer apart as it comes: what the model thinks, text, and calls of tools. The same whether the answer comes
 * in pieces or at once. For one answer and one thread.
 */
public final class AnswerParser {
    private final ThinkingSplitter thinking;
    private final ToolCallReader calls;
    private final AnswerSink sink;

    /** Passes everything on as text. */
    public AnswerParser(AnswerSink sink) {
        this(Start.TEXT, null, Set.of(), false, sink);
    }

    /**
     * @param format how calls look, or null if there are no tools
     * @param tools names of the tools that can be called
     * @param others whether a call of a tool that there is not is a call all the same
     */
    public AnswerParser(Start start, ToolFormat format, Set<String> tools, boolean others, AnswerSink sink) {
        this.sink = sink;
        this.calls = format == null ? null : new ToolCallReader(format, tools, others, start == Start.CALL, sink);
        this.thinking = start == Start.THINKING || start == Start.MAY_THINK
                ? new ThinkingSplitter(start == Start.THINKING, sink::thinking, this::answer)
                : null;
    }

    /** Takes a piece of the answer, control tokens written by their names. */
    public void append(String piece) {
        if (thinking == null) {
            answer(piece);
        } else {
            thinking.append(piece);
        }
    }

    private void answer(String piece) {
        if (calls != null) {
            calls.append(piece);
        } else if (!piece.isEmpty()) {
            sink.text(piece);
        }
    }

    /** Ends the answer; what was held back is passed on. */
    public void finish() {
        if (thinking != null) {
            thinking.finish();
        }
        if (calls != null) {
            calls.finish();
        }
    }

    /** What an answer begins with, which depends on how its prompt ends. */
    public enum Start {
        /** Text or a call; the model does not think. */
        TEXT,
        /** As {@link #TEXT}, maybe after thinking that the model opens itself. */
        MAY_THINK,
        /** Thinking that the prompt has opened. */
        THINKING,
        /** A call that the prompt has opened. */
        CALL
    }
}
