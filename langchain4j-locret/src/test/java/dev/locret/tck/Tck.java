package dev.locret.tck;

import dev.locret.LocretChatModel;
import dev.locret.LocretChatModel.LocretChatModelBuilder;
import dev.locret.LocretStreamingChatModel;
import dev.locret.LocretStreamingChatModel.LocretStreamingChatModelBuilder;
import dev.locret.engine.LocretEngine;
import dev.locret.engine.ScriptedEngine;
import java.util.Map;

/** Models for LangChain4j's own tests: everything is real but the numbers, the answers are those of {@link Script}. */
final class Tck {
    /** Another name under which the model answers. */
    static final String OTHER_NAME = "other-model";

    private Tck() {}

    private static final class Holder {
        private static final LocretEngine ENGINE = ScriptedEngine.load(Script::answers);
    }

    static LocretChatModelBuilder chat() {
        return LocretChatModel.builder().engine(Holder.ENGINE).otherEngines(Map.of(OTHER_NAME, Holder.ENGINE));
    }

    static LocretStreamingChatModelBuilder streaming() {
        return LocretStreamingChatModel.builder().engine(Holder.ENGINE).otherEngines(Map.of(OTHER_NAME, Holder.ENGINE));
    }
}
