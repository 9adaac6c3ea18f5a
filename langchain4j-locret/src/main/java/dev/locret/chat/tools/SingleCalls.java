package dev.locret.chat.tools;

import dev.langchain4j.agent.tool.ToolExecutionRequest;
import dev.langchain4j.data.message.AiMessage;
import dev.langchain4j.data.message.ChatMessage;
import dev.langchain4j.data.message.ToolExecutionResultMessage;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;

/** Several calls of one message as one message each, followed by its result: Llama's template takes no more. */
public final class SingleCalls {
    private SingleCalls() {}

    /** The same conversation; an answer that says something besides is split too. */
    public static List<ChatMessage> split(List<ChatMessage> messages) {
        List<ChatMessage> split = new ArrayList<>();
        for (int i = 0; i < messages.size(); i++) {
            if (messages.get(i) instanceof AiMessage ai && ai.hasToolExecutionRequests()) {
                List<ToolExecutionResultMessage> results = new ArrayList<>();
                while (i + 1 < messages.size() && messages.get(i + 1) instanceof ToolExecutionResultMessage result) {
                    results.add(result);
                    i++;
                }
                split(ai, results, split);
            } else {
                split.add(messages.get(i));
            }
        }
        return split;
    }

    private static void split(AiMessage ai, List<ToolExecutionResultMessage> results, List<ChatMessage> to) {
        if (ai.text() != null && !ai.text().isEmpty()) {
            to.add(AiMessage.from(ai.text()));
        }
        for (ToolExecutionRequest call : ai.toolExecutionRequests()) {
            to.add(AiMessage.from(call));
            ToolExecutionResultMessage result = results.stream()
                    .filter(r -> Objects.equals(r.id(), call.id()))
                    .findFirst()
                    .orElse(null);
            if (result != null) {
                results.remove(result);
                to.add(result);
            }
        }
        to.addAll(results);
    }
}
