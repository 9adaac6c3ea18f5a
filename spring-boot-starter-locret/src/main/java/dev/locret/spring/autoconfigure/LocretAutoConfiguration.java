package dev.locret.spring.autoconfigure;

import dev.langchain4j.model.TokenCountEstimator;
import dev.langchain4j.model.chat.listener.ChatModelListener;
import dev.locret.LocretChatModel;
import dev.locret.LocretStreamingChatModel;
import dev.locret.LocretTokenCountEstimator;
import dev.locret.engine.Contexts;
import dev.locret.engine.LocretEngine;
import dev.locret.spring.autoconfigure.ChatModels.OwnListeners;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.beans.factory.annotation.Qualifier;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnProperty;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Import;
import org.springframework.context.annotation.Lazy;

/**
 * Loads one model and puts both chat models before it. Names of the beans are part of the interface: where a context
 * has several chat models, {@code @AiService} picks one by name.
 *
 * <p>{@code locretEngine} and {@code locretContexts} are there once the model is loaded, so they are made when they are
 * asked for; the others wait for it with their first call.
 */
@AutoConfiguration
@ConditionalOnClass(LocretEngine.class)
@ConditionalOnProperty(prefix = LocretProperties.PREFIX, name = "model-path")
@EnableConfigurationProperties(LocretProperties.class)
@Import({EngineConfiguration.Loaded.class, EngineConfiguration.Given.class})
public final class LocretAutoConfiguration {
    static final String LIFECYCLE = "locretEngineLifecycle";

    @Bean
    @ConditionalOnMissingBean
    ChatModels locretChatModels(
            ObjectProvider<ChatModelListener> listeners, ObjectProvider<OwnListeners> ownListeners) {
        return new ChatModels(listeners, ownListeners);
    }

    @Bean
    @ConditionalOnMissingBean(value = LocretChatModel.class, name = "locretChatModel")
    LocretChatModel locretChatModel(
            @Qualifier(LIFECYCLE) EngineLifecycle engine, LocretProperties properties, ChatModels models) {
        return models.chatModel(engine, LocretProperties.PREFIX, properties);
    }

    @Bean
    @ConditionalOnMissingBean(value = LocretStreamingChatModel.class, name = "locretStreamingChatModel")
    LocretStreamingChatModel locretStreamingChatModel(
            @Qualifier(LIFECYCLE) EngineLifecycle engine, LocretProperties properties, ChatModels models) {
        return models.streamingChatModel(engine, LocretProperties.PREFIX, properties);
    }

    /** Backs off from an estimator of any provider: whoever has one asks for it by its interface. */
    @Bean
    @ConditionalOnMissingBean(value = TokenCountEstimator.class, name = "locretTokenCountEstimator")
    LocretTokenCountEstimator locretTokenCountEstimator(@Qualifier(LIFECYCLE) EngineLifecycle engine) {
        return new LocretTokenCountEstimator(engine::engine);
    }

    /** Texts that are read once and asked often. */
    @Bean
    @Lazy
    @ConditionalOnMissingBean(value = Contexts.class, name = "locretContexts")
    Contexts locretContexts(@Qualifier(LIFECYCLE) EngineLifecycle engine) {
        return engine.engine().contexts();
    }
}
