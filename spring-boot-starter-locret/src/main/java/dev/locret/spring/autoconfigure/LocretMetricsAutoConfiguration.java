package dev.locret.spring.autoconfigure;

import dev.locret.engine.LocretEngine;
import dev.locret.metrics.LocretMetrics;
import io.micrometer.core.instrument.binder.MeterBinder;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnSingleCandidate;
import org.springframework.context.annotation.Bean;

/**
 * Meters of the engine, if there is Micrometer. Boot binds every {@link MeterBinder} to its registries. A class of its
 * own, since the other one must load without Micrometer.
 */
@AutoConfiguration(after = LocretAutoConfiguration.class)
@ConditionalOnClass({LocretEngine.class, MeterBinder.class})
@ConditionalOnSingleCandidate(LocretEngine.class)
public final class LocretMetricsAutoConfiguration {
    @Bean
    @ConditionalOnMissingBean
    LocretMetrics locretMetrics(LocretEngine engine) {
        return new LocretMetrics(engine);
    }
}
