package dev.locret.samples.agent;

import dev.langchain4j.agent.tool.ToolExecutionRequest;
import dev.langchain4j.data.message.AiMessage;
import dev.langchain4j.model.chat.ChatModel;
import dev.langchain4j.model.chat.request.ChatRequest;
import dev.langchain4j.model.chat.response.ChatResponse;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;

/** Answers with what it was given, one after another, and keeps what it was asked. */
final class ScriptedModel implements ChatModel {
    final List<ChatRequest> requests = new ArrayList<>();
    private final Deque<AiMessage> answers = new ArrayDeque<>();

    ScriptedModel call(String tool, String arguments) {
        answers.add(AiMessage.from(ToolExecutionRequest.builder()
                .id("call-" + answers.size())
                .name(tool)
                .arguments(arguments)
                .build()));
        return this;
    }

    ScriptedModel answer(String text) {
        answers.add(AiMessage.from(text));
        return this;
    }

    @Override
    public ChatResponse doChat(ChatRequest request) {
        requests.add(request);
        return ChatResponse.builder().aiMessage(answers.remove()).build();
    }
}
