package dev.locret.spring.autoconfigure;

import dev.locret.engine.LocretEngine;
import java.util.List;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.health.autoconfigure.contributor.ConditionalOnEnabledHealthIndicator;
import org.springframework.boot.health.contributor.AbstractHealthIndicator;
import org.springframework.boot.health.contributor.Health;
import org.springframework.boot.health.contributor.Status;
import org.springframework.context.annotation.Bean;

/** Health {@code locret} where it is as Boot 4 has it. */
@AutoConfiguration(after = LocretNamedModelsAutoConfiguration.class)
@ConditionalOnClass({LocretEngine.class, AbstractHealthIndicator.class})
@ConditionalOnBean(EngineLifecycle.class)
@ConditionalOnEnabledHealthIndicator("locret")
public final class Boot4HealthAutoConfiguration {
    @Bean
    @ConditionalOnMissingBean(name = {"locretHealthIndicator", "locretHealthContributor"})
    AbstractHealthIndicator locretHealthIndicator(ObjectProvider<EngineLifecycle> engines) {
        return new EngineHealthIndicator(engines.orderedStream().toList());
    }

    private static final class EngineHealthIndicator extends AbstractHealthIndicator {
        private final List<EngineLifecycle> engines;

        EngineHealthIndicator(List<EngineLifecycle> engines) {
            super("health of Locret's engines cannot be told");
            this.engines = engines;
        }

        @Override
        protected void doHealthCheck(Health.Builder builder) {
            EngineHealth health = EngineHealth.of(engines);
            builder.status(new Status(health.status())).withDetails(health.details());
        }
    }
}
