package dev.locret.chat.answer;

import dev.langchain4j.agent.tool.ToolExecutionRequest;

/** Takes the parts of an answer, in the order in which the model wrote them. */
public interface AnswerSink {
    /** A piece of the text, never empty. */
    void text(String piece);

    /** A piece of what the model thought before it answered, never empty. */
    void thinking(String piece);

    /**
     * A piece of a call's arguments, which joined are those of the whole call; if the answer breaks off, it never comes.
     *
     * @param index of the call in the answer, from 0
     */
    void partialCall(int index, String id, String name, String arguments);

    /** A call that is whole. Its arguments are a JSON object, and fit the tool, wherever the answer was held to that. */
    void completeCall(int index, ToolExecutionRequest call);
}
