package dev.locret.samples.agent;

import dev.langchain4j.agent.tool.ToolSpecification;
import dev.langchain4j.data.message.ToolExecutionResultMessage;
import dev.langchain4j.memory.chat.MessageWindowChatMemory;
import dev.langchain4j.model.chat.ChatModel;
import dev.langchain4j.model.chat.request.ChatRequest;
import dev.langchain4j.model.chat.request.ChatRequestParameters;
import dev.langchain4j.model.chat.request.ToolChoice;
import dev.langchain4j.service.AiServices;
import dev.langchain4j.service.SystemMessage;
import dev.langchain4j.service.tool.ToolExecutor;
import java.util.Map;
import java.util.function.Consumer;

/**
 * A model with tools over a directory, in one conversation that nothing is cut from: it is sent whole each time, read from where
 * the last request left off, and held by a cache of fixed size.
 */
final class RepoAgent {
    /** The service that LangChain4j implements. */
    interface Assistant {
        @SystemMessage("You answer questions about a directory of text files. Use the tools to look at them.")
        String ask(String task);
    }

    private final Assistant assistant;

    /**
     * @param minCalls calls that the model has to make before it may answer
     * @param maxCalls calls after which it must answer
     * @param trace told of each call and its result
     */
    RepoAgent(
            ChatModel model,
            Map<ToolSpecification, ToolExecutor> tools,
            int minCalls,
            int maxCalls,
            Consumer<String> trace) {
        this.assistant = AiServices.builder(Assistant.class)
                .chatModel(model)
                .chatMemory(MessageWindowChatMemory.withMaxMessages(Integer.MAX_VALUE))
                .tools(tools)
                .maxToolCallingRoundTrips(Integer.MAX_VALUE)
                .chatRequestTransformer(request -> forced(request, minCalls, maxCalls))
                .afterToolExecution(execution -> trace.accept(
                        execution.request().name() + execution.request().arguments() + "\n" + execution.result()))
                .build();
    }

    /** @throws GaveUpException if the model calls more often than it may */
    String ask(String task) {
        return assistant.ask(task);
    }

    private static ChatRequest forced(ChatRequest request, int minCalls, int maxCalls) {
        long results = request.messages().stream()
                .filter(ToolExecutionResultMessage.class::isInstance)
                .count();
        if (results > maxCalls) {
            throw new GaveUpException(maxCalls);
        }
        if (results >= minCalls) {
            return request;
        }
        return request.toBuilder()
                .parameters(request.parameters()
                        .overrideWith(ChatRequestParameters.builder()
                                .toolChoice(ToolChoice.REQUIRED)
                                .build()))
                .build();
    }
}
