package dev.locret.cli;

import dev.locret.cli.ChatPrompt.Message;
import dev.locret.engine.GenerationRequest;
import dev.locret.engine.LocretEngine;
import java.util.ArrayList;
import java.util.List;

/** Requests of {@code ask} and {@code chat}. */
final class PromptRequests {
    private PromptRequests() {}

    /** As {@link #of} with {@code question} in front of the last message as well, of which everything there is kept. */
    static GenerationRequest questionAware(
            LocretEngine engine,
            List<Message> messages,
            String question,
            CacheOptions cache,
            SamplingOptions sampling) {
        Message last = messages.get(messages.size() - 1);
        List<Message> aware = new ArrayList<>(messages.subList(0, messages.size() - 1));
        aware.add(new Message(last.role(), question.strip() + "\n\n" + last.content()));
        ChatPrompt prompt = ChatPrompt.of(engine.tokenizer(), engine.chatTemplate(), aware, last.content());
        return of(engine, aware, question, cache, sampling)
                .withQuestionEnd(prompt.tokens().length - prompt.questionTokens());
    }

    /** The question alone, asked of a context. */
    static GenerationRequest ofContext(
            LocretEngine engine, String context, ChatPrompt prompt, CacheOptions cache, SamplingOptions sampling) {
        int local = cache.hasLocalTokens()
                ? 0
                : Math.min(prompt.questionTokens(), engine.cachePlan().localTokens());
        return new GenerationRequest(
                        prompt.question(),
                        local,
                        sampling.parameters(),
                        sampling.maxOutputTokens(),
                        List.of(),
                        null,
                        null)
                .withContext(context);
    }

    /** Unless the user fixed the local tokens, they are the question and what follows it, within what is planned. */
    static GenerationRequest of(
            LocretEngine engine,
            List<Message> messages,
            String question,
            CacheOptions cache,
            SamplingOptions sampling) {
        ChatPrompt prompt = ChatPrompt.of(engine.tokenizer(), engine.chatTemplate(), messages, question);
        int local = cache.hasLocalTokens()
                ? 0
                : Math.min(prompt.questionTokens(), engine.cachePlan().localTokens());
        return new GenerationRequest(
                prompt.tokens(), local, sampling.parameters(), sampling.maxOutputTokens(), List.of(), null, null);
    }
}
