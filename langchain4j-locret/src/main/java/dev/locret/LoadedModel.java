package dev.locret;

import dev.locret.chat.MessageMapper;
import dev.locret.chat.tools.ToolFormat;
import dev.locret.engine.LocretEngine;

/** A model that requests can be put to. */
record LoadedModel(LocretEngine engine, MessageMapper messages) {
    /**
     * @param toolFormat how it writes calls, or null for what its template was written for
     * @param mergeMessages whether messages that the template refuses are joined
     */
    static LoadedModel of(LocretEngine engine, ToolFormat toolFormat, boolean mergeMessages) {
        return new LoadedModel(
                engine,
                new MessageMapper(
                        engine.tokenizer(), engine.chatTemplate(), engine.modelName(), toolFormat, mergeMessages));
    }
}
