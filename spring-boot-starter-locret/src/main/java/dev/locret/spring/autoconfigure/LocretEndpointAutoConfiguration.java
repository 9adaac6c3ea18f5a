package dev.locret.spring.autoconfigure;

import dev.locret.engine.LocretEngine;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.actuate.autoconfigure.endpoint.condition.ConditionalOnAvailableEndpoint;
import org.springframework.boot.actuate.endpoint.annotation.Endpoint;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.context.annotation.Bean;

/** Actuator's endpoint {@code locret}, where it is exposed. */
@AutoConfiguration(after = LocretNamedModelsAutoConfiguration.class)
@ConditionalOnClass({LocretEngine.class, Endpoint.class, ConditionalOnAvailableEndpoint.class})
@ConditionalOnBean(EngineLifecycle.class)
@ConditionalOnAvailableEndpoint(endpoint = LocretEndpoint.class)
public final class LocretEndpointAutoConfiguration {
    @Bean
    @ConditionalOnMissingBean
    LocretEndpoint locretEndpoint(ObjectProvider<EngineLifecycle> engines) {
        return new LocretEndpoint(engines.orderedStream().toList());
    }
}
