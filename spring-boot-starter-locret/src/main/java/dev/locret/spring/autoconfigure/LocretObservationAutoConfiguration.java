package dev.locret.spring.autoconfigure;

import dev.locret.engine.LocretEngine;
import dev.locret.spring.autoconfigure.ChatModels.OwnListeners;
import io.micrometer.observation.ObservationRegistry;
import java.util.List;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.context.annotation.Bean;

/** Observations of requests to our models, where there is a registry for them. */
@AutoConfiguration
@ConditionalOnClass({LocretEngine.class, ObservationRegistry.class})
public final class LocretObservationAutoConfiguration {
    /** Asks for the registry when models are built, so that it does not matter who makes it, and when. */
    @Bean
    OwnListeners locretObservations(ObjectProvider<ObservationRegistry> registry) {
        return () -> {
            ObservationRegistry observations = registry.getIfUnique();
            return observations == null ? List.of() : List.of(new ObservingListener(observations));
        };
    }
}
