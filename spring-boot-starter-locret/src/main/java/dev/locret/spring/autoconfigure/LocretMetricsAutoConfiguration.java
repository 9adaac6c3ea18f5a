package dev.locret.spring.autoconfigure;

import dev.locret.engine.LocretEngine;
import dev.locret.metrics.LocretMetrics;
import io.micrometer.core.instrument.Tags;
import io.micrometer.core.instrument.binder.MeterBinder;
import java.util.List;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.context.annotation.Bean;

/**
 * Meters of the engines, as soon as they are loaded, if there is Micrometer. Boot binds every {@link MeterBinder} to its
 * registries. A class of its own, since the other one must load without Micrometer.
 */
@AutoConfiguration(after = LocretNamedModelsAutoConfiguration.class)
@ConditionalOnClass({LocretEngine.class, MeterBinder.class})
@ConditionalOnBean(EngineLifecycle.class)
public final class LocretMetricsAutoConfiguration {
    /** Tells engines of one registry apart; on all or none, as Prometheus wants it. */
    static final String TAG = "locret.model";

    @Bean
    @ConditionalOnMissingBean(LocretMetrics.class)
    MeterBinder locretMetrics(ObjectProvider<EngineLifecycle> lifecycles) {
        List<EngineLifecycle> engines = lifecycles.orderedStream().toList();
        return registry -> engines.forEach(lifecycle -> lifecycle.whenReady(engine -> {
            Tags tags = engines.size() == 1 ? Tags.empty() : Tags.of(TAG, lifecycle.name());
            new LocretMetrics(engine, tags).bindTo(registry);
        }));
    }
}
