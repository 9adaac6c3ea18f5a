package dev.locret;

import dev.langchain4j.data.message.AiMessage;
import dev.langchain4j.exception.LangChain4jException;
import dev.langchain4j.exception.ModelNotFoundException;
import dev.langchain4j.model.chat.Capability;
import dev.langchain4j.model.chat.listener.ChatModelListener;
import dev.langchain4j.model.chat.request.ChatRequest;
import dev.langchain4j.model.chat.response.ChatResponse;
import dev.langchain4j.model.chat.response.StreamingChatResponseHandler;
import dev.langchain4j.model.output.FinishReason;
import dev.langchain4j.model.output.TokenUsage;
import dev.locret.chat.ExceptionMapper;
import dev.locret.chat.MessageMapper;
import dev.locret.chat.ResponseStream;
import dev.locret.chat.UnsupportedFeatures;
import dev.locret.common.LocretException;
import dev.locret.engine.GenerationRequest;
import dev.locret.engine.GenerationResult;
import dev.locret.engine.LocretEngine;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.UUID;

/**
 * What both chat models do: a request with all its parameters to a generation, and its result to a response.
 *
 * @param ownsEngine whether {@link #close} closes the engine
 * @param defaults with the model's name
 * @param timeout of a request, or null for none
 */
record ChatRuntime(
        LocretEngine engine,
        boolean ownsEngine,
        MessageMapper messages,
        LocretChatRequestParameters defaults,
        Duration timeout,
        List<ChatModelListener> listeners,
        Set<Capability> capabilities)
        implements AutoCloseable {

    ChatResponse chat(ChatRequest request) {
        try {
            return response(request, engine.generate(generation(request)));
        } catch (LocretException e) {
            throw ExceptionMapper.map(e);
        }
    }

    void stream(ChatRequest request, StreamingChatResponseHandler handler) {
        try {
            ResponseStream stream = new ResponseStream(handler, result -> response(request, result));
            stream.start(engine.submit(generation(request), stream));
        } catch (LocretException e) {
            ResponseStream.fail(handler, ExceptionMapper.map(e));
        } catch (LangChain4jException e) {
            ResponseStream.fail(handler, e);
        }
    }

    private GenerationRequest generation(ChatRequest request) {
        LocretChatRequestParameters parameters = LocretChatRequestParameters.of(request.parameters());
        String modelName = parameters.modelName();
        if (!modelName.equals(defaults.modelName()) && !modelName.equals(engine.modelName())) {
            throw new ModelNotFoundException(
                    "no such model is loaded: modelName=" + modelName + ", loaded=" + defaults.modelName());
        }
        UnsupportedFeatures.refuse(parameters);
        Integer maxOutputTokens = parameters.maxOutputTokens();
        return new GenerationRequest(
                messages.toPrompt(request.messages()),
                0,
                Parameters.sampling(parameters),
                maxOutputTokens == null ? 0 : maxOutputTokens,
                parameters.stopSequences(),
                parameters.evictionPolicy(),
                timeout);
    }

    private static ChatResponse response(ChatRequest request, GenerationResult result) {
        LocretChatResponseMetadata metadata = LocretChatResponseMetadata.builder()
                .id("locret-" + UUID.randomUUID())
                .modelName(request.modelName())
                .tokenUsage(new TokenUsage(result.promptTokens(), result.outputTokens()))
                .finishReason(
                        switch (result.finish()) {
                            case STOP -> FinishReason.STOP;
                            case LENGTH -> FinishReason.LENGTH;
                        })
                .promptTokensRead(result.readTokens())
                .entriesKept(result.entriesKept())
                .entriesEvicted(result.entriesEvicted())
                .policy(result.policy())
                .cacheBytes(result.cacheBytes())
                .queueDuration(result.queued())
                .prefillDuration(result.prefill())
                .decodeDuration(result.decode())
                .build();
        return ChatResponse.builder()
                .aiMessage(AiMessage.from(result.text()))
                .metadata(metadata)
                .build();
    }

    @Override
    public void close() {
        if (ownsEngine) {
            engine.close();
        }
    }
}
