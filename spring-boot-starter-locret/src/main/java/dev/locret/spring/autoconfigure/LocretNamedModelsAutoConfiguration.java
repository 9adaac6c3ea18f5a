package dev.locret.spring.autoconfigure;

import dev.langchain4j.model.chat.listener.ChatModelListener;
import dev.locret.engine.LocretEngine;
import dev.locret.spring.autoconfigure.ChatModels.OwnListeners;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Import;

/** Further models with names of their own, beside the one of {@link LocretAutoConfiguration} or without it. */
@AutoConfiguration(after = LocretAutoConfiguration.class)
@ConditionalOnClass(LocretEngine.class)
@EnableConfigurationProperties(LocretModelsProperties.class)
@Import(NamedModelsRegistrar.class)
public final class LocretNamedModelsAutoConfiguration {
    @Bean
    @ConditionalOnMissingBean
    ChatModels locretChatModels(
            ObjectProvider<ChatModelListener> listeners, ObjectProvider<OwnListeners> ownListeners) {
        return new ChatModels(listeners, ownListeners);
    }

    @Bean
    NamedModels locretNamedModels(LocretModelsProperties properties, ChatModels models) {
        return new NamedModels(properties, models);
    }
}
