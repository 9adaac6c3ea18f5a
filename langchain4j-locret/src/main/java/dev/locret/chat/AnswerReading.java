package dev.locret.chat;

import dev.locret.chat.answer.AnswerCollector;
import dev.locret.chat.answer.AnswerParser;
import dev.locret.chat.answer.AnswerParser.Start;
import dev.locret.chat.answer.AnswerSink;
import dev.locret.chat.tools.ToolFormat;
import java.util.Set;

/**
 * How the answer to one request is read.
 *
 * @param format how calls look, or null if there are no tools
 * @param tools names of the tools that can be called
 * @param others whether a call of a tool that there is not is a call all the same, for the caller to deal with
 */
public record AnswerReading(Start start, ToolFormat format, Set<String> tools, boolean others) {
    /** A parser of one answer. */
    public AnswerParser parser(AnswerSink sink) {
        return new AnswerParser(start, format, tools, others, sink);
    }

    /** Reads an answer that is whole. */
    public AnswerCollector read(String text) {
        AnswerCollector collector = new AnswerCollector();
        AnswerParser parser = parser(collector);
        parser.append(text);
        parser.finish();
        return collector;
    }
}
