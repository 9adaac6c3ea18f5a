package dev.locret.spring.autoconfigure;

import dev.locret.LocretChatModel;
import dev.locret.LocretStreamingChatModel;
import dev.locret.LocretTokenCountEstimator;
import dev.locret.engine.Contexts;
import dev.locret.engine.LocretEngine;
import java.util.Map;
import java.util.Set;
import org.springframework.beans.factory.annotation.Qualifier;
import org.springframework.beans.factory.config.RuntimeBeanReference;
import org.springframework.beans.factory.support.AutowireCandidateQualifier;
import org.springframework.beans.factory.support.BeanDefinitionRegistry;
import org.springframework.beans.factory.support.RootBeanDefinition;
import org.springframework.boot.context.properties.bind.Bindable;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.context.annotation.ImportBeanDefinitionRegistrar;
import org.springframework.core.env.Environment;
import org.springframework.core.type.AnnotationMetadata;

/**
 * Registers the beans of named models, as many as the properties name. They are called as those of the model without a
 * name, with {@code -name} at the end, and have the name as qualifier.
 */
final class NamedModelsRegistrar implements ImportBeanDefinitionRegistrar {
    private static final String FACTORY = "locretNamedModels";

    private final Environment environment;

    NamedModelsRegistrar(Environment environment) {
        this.environment = environment;
    }

    @Override
    public void registerBeanDefinitions(AnnotationMetadata metadata, BeanDefinitionRegistry registry) {
        // Names alone: values are bound, and found to be wrong, with the properties bean.
        Set<String> names = Binder.get(environment)
                .bind(LocretModelsProperties.PREFIX, Bindable.mapOf(String.class, Object.class))
                .map(Map::keySet)
                .orElse(Set.of());
        // Whoever asks for no name gets the model without a name, if there is one; else a single model of any name.
        boolean byType = environment.getProperty(LocretProperties.PREFIX + ".model-path") == null;
        names.forEach(name -> register(name, byType, registry));
    }

    private static void register(String name, boolean byType, BeanDefinitionRegistry registry) {
        String lifecycle = LocretAutoConfiguration.LIFECYCLE + "-" + name;
        registry.registerBeanDefinition(lifecycle, definition(EngineLifecycle.class, "lifecycle", name));
        RuntimeBeanReference engine = new RuntimeBeanReference(lifecycle);
        RootBeanDefinition engineBean = definition(LocretEngine.class, "engine", engine);
        // Its lifecycle closes it.
        engineBean.setDestroyMethodName("");
        engineBean.setLazyInit(true);
        RootBeanDefinition contexts = definition(Contexts.class, "contexts", engine);
        contexts.setLazyInit(true);
        Map<String, RootBeanDefinition> beans = Map.of(
                "locretEngine", engineBean,
                "locretContexts", contexts,
                "locretChatModel", definition(LocretChatModel.class, "chatModel", engine),
                "locretStreamingChatModel", definition(LocretStreamingChatModel.class, "streamingChatModel", engine),
                "locretTokenCountEstimator",
                        definition(LocretTokenCountEstimator.class, "tokenCountEstimator", engine));
        beans.forEach((prefix, definition) -> {
            definition.setDefaultCandidate(byType);
            definition.addQualifier(new AutowireCandidateQualifier(Qualifier.class, name));
            registry.registerBeanDefinition(prefix + "-" + name, definition);
        });
    }

    private static RootBeanDefinition definition(Class<?> type, String method, Object argument) {
        RootBeanDefinition definition = new RootBeanDefinition(type);
        definition.setFactoryBeanName(FACTORY);
        definition.setFactoryMethodName(method);
        definition.getConstructorArgumentValues().addIndexedArgumentValue(0, argument);
        return definition;
    }
}
