package dev.locret;

import static dev.locret.chat.UnsupportedFeatures.unsupported;

import dev.langchain4j.agent.tool.ToolSpecification;
import dev.langchain4j.data.message.ChatMessage;
import dev.langchain4j.model.chat.request.ResponseFormat;
import dev.langchain4j.model.chat.request.ResponseFormatType;
import dev.langchain4j.model.chat.request.ToolChoice;
import dev.locret.chat.AnswerReading;
import dev.locret.chat.MessageMapper;
import dev.locret.chat.Prompt;
import dev.locret.chat.PromptOptions;
import dev.locret.chat.RequestListener;
import dev.locret.chat.UnsupportedFeatures;
import dev.locret.chat.answer.AnswerParser.Start;
import dev.locret.engine.GenerationRequest;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * A request made ready for its model.
 *
 * @param reading how its answer is read
 * @param listener hears of it, may be null
 */
record PreparedChat(LoadedModel model, GenerationRequest generation, AnswerReading reading, RequestListener listener) {
    static PreparedChat of(
            LoadedModel model,
            List<ChatMessage> history,
            LocretChatRequestParameters parameters,
            boolean sendThinking) {
        boolean forced = parameters.toolChoice() == ToolChoice.REQUIRED;
        List<ToolSpecification> tools =
                parameters.toolChoice() == ToolChoice.NONE ? List.of() : parameters.toolSpecifications();
        MessageMapper messages = tools.isEmpty() ? model.messages() : model.toolMessages();
        UnsupportedFeatures.refuse(parameters, parameters.think());
        ResponseFormat format = parameters.responseFormat();
        boolean json = format != null && format.type() == ResponseFormatType.JSON;
        PromptOptions options = new PromptOptions(tools, forced, json, parameters.think(), sendThinking);
        Prompt prompt = prompt(messages, model.engine().cachePlan().budget(), history, parameters, options);
        Integer maxOutputTokens = parameters.maxOutputTokens();
        GenerationRequest generation = new GenerationRequest(
                        prompt.tokens(),
                        0,
                        Parameters.sampling(parameters),
                        maxOutputTokens == null ? 0 : maxOutputTokens,
                        parameters.stopSequences(),
                        parameters.evictionPolicy(),
                        parameters.timeout())
                .withCacheBudget(parameters.cacheBudget() == null ? 0 : parameters.cacheBudget())
                .withQuestionEnd(prompt.questionEnd())
                .withContext(parameters.context(), prompt.contextHead())
                .withPriority(parameters.priority() == null ? 0 : parameters.priority())
                .withMessageBorders(messages.borders(prompt.tokens()))
                .withShownTokens(messages.markers(!tools.isEmpty()))
                .withGrammar(messages.languages().of(tools, forced, format, prompt.start() == Start.THINKING));
        Set<String> names = tools.stream().map(ToolSpecification::name).collect(Collectors.toSet());
        return new PreparedChat(
                model,
                generation,
                // JSON that is asked for may look like a call of anything.
                new AnswerReading(prompt.start(), tools.isEmpty() ? null : messages.toolFormat(), names, !json),
                parameters.requestListener());
    }

    private static Prompt prompt(
            MessageMapper messages,
            int plannedBudget,
            List<ChatMessage> history,
            LocretChatRequestParameters parameters,
            PromptOptions options) {
        boolean questionAware = Boolean.TRUE.equals(parameters.questionAware());
        if (parameters.context() != null) {
            if (questionAware) {
                throw unsupported("parameter 'questionAware' with parameter 'context' (a context is read before the"
                        + " question is known)");
            }
            return messages.toRest(history, options);
        }
        Prompt plain = messages.toPrompt(history, options);
        int budget = parameters.cacheBudget() == null ? plannedBudget : parameters.cacheBudget();
        // What fits the cache is kept whole, whatever the question.
        boolean evicts = plain.tokens().length > budget;
        return questionAware && evicts ? messages.toQuestionAwarePrompt(history, options) : plain;
    }
}
