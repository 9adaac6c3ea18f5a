package dev.locret.spring.autoconfigure;

import dev.locret.engine.LocretEngine;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.actuate.autoconfigure.info.ConditionalOnEnabledInfoContributor;
import org.springframework.boot.actuate.info.InfoContributor;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.context.annotation.Bean;

/** Info {@code locret}: which models there are. */
@AutoConfiguration(after = LocretNamedModelsAutoConfiguration.class)
@ConditionalOnClass({LocretEngine.class, InfoContributor.class, ConditionalOnEnabledInfoContributor.class})
@ConditionalOnBean(EngineLifecycle.class)
@ConditionalOnEnabledInfoContributor("locret")
public final class LocretInfoAutoConfiguration {
    @Bean
    @ConditionalOnMissingBean(name = "locretInfoContributor")
    InfoContributor locretInfoContributor(ObjectProvider<EngineLifecycle> lifecycles) {
        List<EngineLifecycle> engines = lifecycles.orderedStream().toList();
        return builder -> {
            Map<String, Object> models = new LinkedHashMap<>();
            engines.forEach(engine -> models.put(engine.name(), EngineReport.info(engine)));
            builder.withDetail("locret", models);
        };
    }
}
