package dev.locret;

import dev.locret.chat.MessageMapper;
import dev.locret.chat.tools.ToolFormat;
import dev.locret.engine.LocretEngine;
import dev.locret.text.ChatTemplate;
import java.util.Optional;

/**
 * A model that requests can be put to.
 *
 * @param messages for requests without tools
 * @param toolMessages for requests with tools
 */
record LoadedModel(LocretEngine engine, MessageMapper messages, MessageMapper toolMessages) {
    /**
     * @param toolFormat how it writes calls, or null for what its template was written for
     * @param mergeMessages whether messages that the template refuses are joined
     */
    static LoadedModel of(LocretEngine engine, ToolFormat toolFormat, boolean mergeMessages) {
        Optional<ChatTemplate> plain = engine.chatTemplate();
        Optional<ChatTemplate> forTools = engine.toolTemplate();
        MessageMapper messages =
                new MessageMapper(engine.tokenizer(), plain, engine.modelName(), toolFormat, mergeMessages);
        boolean same = plain.map(ChatTemplate::source).equals(forTools.map(ChatTemplate::source));
        return new LoadedModel(
                engine,
                messages,
                same
                        ? messages
                        : new MessageMapper(
                                engine.tokenizer(), forTools, engine.modelName(), toolFormat, mergeMessages));
    }
}
