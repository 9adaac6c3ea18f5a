package dev.locret.spring.autoconfigure;

import dev.locret.LocretChatModel;
import dev.locret.LocretStreamingChatModel;
import dev.locret.LocretTokenCountEstimator;
import dev.locret.engine.Contexts;
import dev.locret.engine.LocretEngine;

/** Makes the beans of named models; bean definitions name its methods. */
final class NamedModels {
    private final LocretModelsProperties properties;
    private final ChatModels models;

    NamedModels(LocretModelsProperties properties, ChatModels models) {
        this.properties = properties;
        this.models = models;
    }

    private LocretProperties properties(String name) {
        LocretProperties named = properties.models().get(name);
        if (named == null) {
            // The names are fixed when the context is built, ahead of time too.
            throw new IllegalStateException("no properties " + LocretModelsProperties.prefix(name) + ".* any more");
        }
        return named;
    }

    EngineLifecycle lifecycle(String name) {
        return EngineLifecycle.load(name, LocretModelsProperties.prefix(name), properties(name));
    }

    LocretEngine engine(EngineLifecycle engine) {
        return engine.engine();
    }

    LocretChatModel chatModel(EngineLifecycle engine) {
        String name = engine.name();
        return models.chatModel(engine, LocretModelsProperties.prefix(name), properties(name));
    }

    LocretStreamingChatModel streamingChatModel(EngineLifecycle engine) {
        String name = engine.name();
        return models.streamingChatModel(engine, LocretModelsProperties.prefix(name), properties(name));
    }

    LocretTokenCountEstimator tokenCountEstimator(EngineLifecycle engine) {
        return new LocretTokenCountEstimator(engine::engine);
    }

    Contexts contexts(EngineLifecycle engine) {
        return engine.engine().contexts();
    }
}
