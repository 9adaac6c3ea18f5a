package dev.locret;

import dev.langchain4j.agent.tool.ToolSpecification;
import dev.langchain4j.exception.ModelNotFoundException;
import dev.langchain4j.model.chat.Capability;
import dev.langchain4j.model.chat.listener.ChatModelListener;
import dev.langchain4j.model.chat.request.ChatRequest;
import dev.langchain4j.model.chat.request.ChatRequestParameters;
import dev.langchain4j.model.chat.request.ToolChoice;
import dev.langchain4j.model.chat.response.ChatResponse;
import dev.langchain4j.model.chat.response.StreamingChatResponseHandler;
import dev.langchain4j.model.output.FinishReason;
import dev.locret.chat.ExceptionMapper;
import dev.locret.chat.RequestProgress;
import dev.locret.chat.ResponseStream;
import dev.locret.chat.answer.AnswerCollector;
import dev.locret.common.LocretException;
import dev.locret.engine.ContextReading;
import dev.locret.engine.ContextRequest;
import dev.locret.engine.GenerationListener;
import dev.locret.engine.GenerationResult;
import dev.locret.engine.LocretEngine;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;

/**
 * What both chat models do: a request with all its parameters to a generation, and its result to a response.
 *
 * @param models by the names that select them
 * @param ownsEngine whether {@link #close} closes the engine of the defaults
 * @param defaults with the name of one of the models
 * @param returnThinking whether answers carry what the model thought
 * @param sendThinking whether templates get what the model thought before
 */
record ChatRuntime(
        Map<String, LoadedModel> models,
        boolean ownsEngine,
        LocretChatRequestParameters defaults,
        boolean returnThinking,
        boolean sendThinking,
        List<ChatModelListener> listeners,
        Set<Capability> capabilities)
        implements AutoCloseable {
    /** What every loaded model can do: constrained decoding does not depend on the model. */
    static final Set<Capability> CAPABILITIES = Set.of(Capability.RESPONSE_FORMAT_JSON_SCHEMA);

    ChatResponse chat(ChatRequest request) {
        try {
            PreparedChat chat = prepare(request);
            GenerationResult result =
                    chat.model().engine().generate(chat.generation(), new RequestProgress(chat.listener()));
            return response(request, chat.reading().read(result.text()), result);
        } catch (LocretException e) {
            throw ExceptionMapper.map(e);
        }
    }

    void stream(ChatRequest request, StreamingChatResponseHandler handler) {
        try {
            PreparedChat chat = prepare(request);
            ResponseStream stream = new ResponseStream(
                    handler,
                    chat.listener(),
                    chat.reading(),
                    returnThinking,
                    (answer, result) -> response(request, answer, result));
            chat.model().engine().submit(chat.generation(), stream);
            stream.start();
        } catch (LocretException e) {
            ResponseStream.fail(handler, ExceptionMapper.map(e));
        } catch (RuntimeException e) {
            ResponseStream.fail(handler, e);
        }
    }

    private PreparedChat prepare(ChatRequest request) {
        LocretChatRequestParameters parameters = LocretChatRequestParameters.of(request.parameters());
        return PreparedChat.of(model(parameters), request.messages(), parameters, sendThinking);
    }

    private LoadedModel model(ChatRequestParameters parameters) {
        // A request that was made before the model was loaded does not know its name.
        LoadedModel model = models.get(name(parameters));
        if (model == null) {
            throw new ModelNotFoundException("no such model is loaded: modelName=" + parameters.modelName()
                    + ", loaded=" + String.join(", ", models.keySet()));
        }
        return model;
    }

    private String name(ChatRequestParameters parameters) {
        return parameters.modelName() == null ? defaults.modelName() : parameters.modelName();
    }

    private ChatResponse response(ChatRequest request, AnswerCollector answer, GenerationResult result) {
        LocretChatResponseMetadata metadata = LocretChatResponseMetadata.builder()
                .id("locret-" + UUID.randomUUID())
                .modelName(name(request.parameters()))
                .tokenUsage(new LocretTokenUsage(result.promptTokens(), result.outputTokens(), result.cachedTokens()))
                .finishReason(
                        switch (result.finish()) {
                            case STOP -> answer.hasCalls() ? FinishReason.TOOL_EXECUTION : FinishReason.STOP;
                            case LENGTH -> FinishReason.LENGTH;
                        })
                .promptTokensRead(result.readTokens())
                .entriesKept(result.entriesKept())
                .entriesEvicted(result.entriesEvicted())
                .policy(result.policy())
                .cacheBytes(result.cacheBytes())
                .questionAware(result.questionAware())
                .queueDuration(result.queued())
                .prefillDuration(result.prefill())
                .decodeDuration(result.decode())
                .build();
        return ChatResponse.builder()
                .aiMessage(answer.message(returnThinking))
                .metadata(metadata)
                .build();
    }

    /** Reads the beginning of a conversation; of the defaults, those that decide what is kept of it. */
    ContextReading readContext(String name, ChatRequest request, GenerationListener listener) {
        LocretChatRequestParameters own = LocretChatRequestParameters.of(request.parameters());
        LocretChatRequestParameters parameters = defaults.overrideWith(own);
        LoadedModel model = model(parameters);
        List<ToolSpecification> tools =
                parameters.toolChoice() == ToolChoice.NONE ? List.of() : parameters.toolSpecifications();
        ContextRequest context = new ContextRequest(
                name,
                model.messages().toContext(request.messages(), tools),
                parameters.evictionPolicy(),
                parameters.cacheBudget() == null ? 0 : parameters.cacheBudget(),
                own.timeout(),
                own.priority() == null ? 0 : own.priority());
        return model.engine().contexts().read(context, listener);
    }

    LocretEngine engine() {
        return models.get(defaults.modelName()).engine();
    }

    @Override
    public void close() {
        if (ownsEngine) {
            engine().close();
        }
    }
}
