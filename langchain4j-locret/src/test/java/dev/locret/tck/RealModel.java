package dev.locret.tck;

import dev.locret.LocretChatModel;
import dev.locret.LocretChatModel.LocretChatModelBuilder;
import dev.locret.LocretStreamingChatModel;
import dev.locret.LocretStreamingChatModel.LocretStreamingChatModelBuilder;
import dev.locret.engine.EngineOptions;
import dev.locret.engine.LocretEngine;
import dev.locret.testing.DemoModel;
import java.util.Map;

/** Models for LangChain4j's own tests with nothing stood in for: SmolLM2-135M, which knows the form but little else. */
final class RealModel {
    /** Enough for most answers; one that is longer is cut, and its beginning is looked at. */
    static final int MAX_OUTPUT_TOKENS = 32;

    private RealModel() {}

    private static final class Holder {
        private static final LocretEngine ENGINE = LocretEngine.load(EngineOptions.builder(DemoModel.path())
                .policy("none")
                .cacheBudget(2048)
                .build());
    }

    static LocretEngine engine() {
        return Holder.ENGINE;
    }

    static LocretChatModelBuilder chat() {
        return LocretChatModel.builder().engine(Holder.ENGINE).otherEngines(Map.of(Tck.OTHER_NAME, Holder.ENGINE));
    }

    static LocretStreamingChatModelBuilder streaming() {
        return LocretStreamingChatModel.builder()
                .engine(Holder.ENGINE)
                .otherEngines(Map.of(Tck.OTHER_NAME, Holder.ENGINE));
    }
}
