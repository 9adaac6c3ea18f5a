package dev.locret.spring.autoconfigure;

import dev.langchain4j.model.chat.listener.ChatModelListener;
import dev.locret.LocretChatModel;
import dev.locret.LocretModelBuilder;
import dev.locret.LocretStreamingChatModel;
import dev.locret.engine.LocretEngine;
import dev.locret.spring.autoconfigure.LocretProperties.Request;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnProperty;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.context.annotation.Bean;

/**
 * Loads one model and puts both chat models before it. Names of the beans are part of the interface: where a context
 * has several chat models, {@code @AiService} picks one by name.
 */
@AutoConfiguration
@ConditionalOnClass(LocretEngine.class)
@ConditionalOnProperty(prefix = LocretProperties.PREFIX, name = "model-path")
@EnableConfigurationProperties(LocretProperties.class)
public final class LocretAutoConfiguration {
    /** The loaded model; the context closes it. */
    @Bean
    @ConditionalOnMissingBean(value = LocretEngine.class, name = "locretEngine")
    LocretEngine locretEngine(LocretProperties properties) {
        return Settings.under(LocretProperties.PREFIX, () -> LocretEngine.load(Settings.engineOptions(properties)));
    }

    @Bean
    @ConditionalOnMissingBean(value = LocretChatModel.class, name = "locretChatModel")
    LocretChatModel locretChatModel(
            LocretEngine engine, LocretProperties properties, ObjectProvider<ChatModelListener> listeners) {
        return Settings.under(LocretProperties.CHAT_MODEL, () -> configure(
                        LocretChatModel.builder(), engine, properties, properties.chatModel(), listeners)
                .build());
    }

    @Bean
    @ConditionalOnMissingBean(value = LocretStreamingChatModel.class, name = "locretStreamingChatModel")
    LocretStreamingChatModel locretStreamingChatModel(
            LocretEngine engine, LocretProperties properties, ObjectProvider<ChatModelListener> listeners) {
        return Settings.under(LocretProperties.STREAMING_CHAT_MODEL, () -> configure(
                        LocretStreamingChatModel.builder(),
                        engine,
                        properties,
                        properties.streamingChatModel(),
                        listeners)
                .build());
    }

    private static <B extends LocretModelBuilder<B>> B configure(
            B builder,
            LocretEngine engine,
            LocretProperties properties,
            Request request,
            ObjectProvider<ChatModelListener> listeners) {
        return Settings.request(builder, request)
                .engine(engine)
                .timeout(properties.timeout())
                .listeners(listeners.orderedStream().toList());
    }
}
