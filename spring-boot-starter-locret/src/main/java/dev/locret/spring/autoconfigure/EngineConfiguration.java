package dev.locret.spring.autoconfigure;

import dev.locret.engine.LocretEngine;
import org.springframework.beans.factory.annotation.Qualifier;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Lazy;

/** Where the engine comes from: imported in this order. */
final class EngineConfiguration {
    private EngineConfiguration() {}

    /** The engine that the properties describe. */
    @Configuration(proxyBeanMethods = false)
    @ConditionalOnMissingBean(value = LocretEngine.class, name = "locretEngine")
    static class Loaded {
        @Bean(LocretAutoConfiguration.LIFECYCLE)
        EngineLifecycle locretEngineLifecycle(LocretProperties properties) {
            return EngineLifecycle.load(EngineLifecycle.DEFAULT_NAME, LocretProperties.PREFIX, properties);
        }

        /** The loaded model, which its lifecycle closes. */
        @Bean(destroyMethod = "")
        @Lazy
        LocretEngine locretEngine(@Qualifier(LocretAutoConfiguration.LIFECYCLE) EngineLifecycle lifecycle) {
            return lifecycle.engine();
        }
    }

    /** An engine of the application's. */
    @Configuration(proxyBeanMethods = false)
    @ConditionalOnMissingBean(name = LocretAutoConfiguration.LIFECYCLE)
    static class Given {
        @Bean(LocretAutoConfiguration.LIFECYCLE)
        EngineLifecycle locretEngineLifecycle(LocretEngine engine) {
            return EngineLifecycle.of(engine);
        }
    }
}
