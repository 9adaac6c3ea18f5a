package dev.locret.chat.answer;

import dev.langchain4j.agent.tool.ToolExecutionRequest;
import java.util.ArrayList;
import java.util.List;

/** Writes down what it is told, pieces of one part joined. */
final class Recorder implements AnswerSink {
    final List<String> events = new ArrayList<>();
    final List<String> ids = new ArrayList<>();
    final List<String> partials = new ArrayList<>();
    private String open = "";

    @Override
    public void text(String piece) {
        add("text ", piece);
    }

    @Override
    public void thinking(String piece) {
        add("thinking ", piece);
    }

    @Override
    public void partialCall(int index, String id, String name, String arguments) {
        partials.add(arguments);
        add("partial " + index + " " + name + " ", arguments);
    }

    @Override
    public void completeCall(int index, ToolExecutionRequest call) {
        ids.add(call.id());
        open = "";
        events.add("call " + index + " " + call.name() + " " + call.arguments());
    }

    private void add(String kind, String piece) {
        if (piece.isEmpty()) {
            throw new AssertionError("an empty piece: " + kind);
        }
        if (open.equals(kind)) {
            events.set(events.size() - 1, events.get(events.size() - 1) + piece);
        } else {
            events.add(kind + piece);
            open = kind;
        }
    }
}
