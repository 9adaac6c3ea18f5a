package dev.locret.spring.autoconfigure;

import dev.locret.engine.LocretEngine;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.availability.ApplicationAvailabilityAutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.availability.ApplicationAvailability;
import org.springframework.context.ApplicationEventPublisher;
import org.springframework.context.annotation.Bean;

/** Readiness of an application whose models load in the background. */
@AutoConfiguration(after = {LocretNamedModelsAutoConfiguration.class, ApplicationAvailabilityAutoConfiguration.class})
@ConditionalOnClass(LocretEngine.class)
@ConditionalOnBean(EngineLifecycle.class)
public final class LocretAvailabilityAutoConfiguration {
    /**
     * @param availability made first, so that it hears of an event first, and of our answer to it afterwards
     */
    @Bean
    LocretReadiness locretReadiness(
            ObjectProvider<ApplicationAvailability> availability,
            ObjectProvider<EngineLifecycle> engines,
            ApplicationEventPublisher publisher) {
        availability.getIfAvailable();
        return new LocretReadiness(engines.orderedStream().toList(), publisher);
    }
}
