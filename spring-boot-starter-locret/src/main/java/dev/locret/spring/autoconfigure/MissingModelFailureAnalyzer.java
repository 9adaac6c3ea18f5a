package dev.locret.spring.autoconfigure;

import dev.langchain4j.model.TokenCountEstimator;
import dev.langchain4j.model.chat.ChatModel;
import dev.langchain4j.model.chat.StreamingChatModel;
import dev.locret.LocretChatModel;
import dev.locret.LocretStreamingChatModel;
import dev.locret.LocretTokenCountEstimator;
import dev.locret.engine.Contexts;
import dev.locret.engine.LocretEngine;
import java.util.Set;
import org.springframework.beans.factory.NoSuchBeanDefinitionException;
import org.springframework.beans.factory.NoUniqueBeanDefinitionException;
import org.springframework.boot.diagnostics.AbstractFailureAnalyzer;
import org.springframework.boot.diagnostics.FailureAnalysis;
import org.springframework.core.Ordered;
import org.springframework.core.annotation.Order;
import org.springframework.core.env.Environment;

/** Says which property makes the bean that is missing; before Boot's own analyzer, which would list conditions. */
@Order(Ordered.HIGHEST_PRECEDENCE)
final class MissingModelFailureAnalyzer extends AbstractFailureAnalyzer<NoSuchBeanDefinitionException> {
    private static final Set<Class<?>> OURS = Set.of(
            ChatModel.class,
            StreamingChatModel.class,
            TokenCountEstimator.class,
            LocretChatModel.class,
            LocretStreamingChatModel.class,
            LocretTokenCountEstimator.class,
            LocretEngine.class,
            Contexts.class);

    private final Environment environment;

    MissingModelFailureAnalyzer(Environment environment) {
        this.environment = environment;
    }

    @Override
    protected FailureAnalysis analyze(Throwable rootFailure, NoSuchBeanDefinitionException cause) {
        String property = LocretProperties.PREFIX + ".model-path";
        boolean ours = cause.getResolvableType() != null
                && OURS.contains(cause.getResolvableType().resolve());
        if (!ours || cause instanceof NoUniqueBeanDefinitionException || environment.getProperty(property) != null) {
            return null;
        }
        return new FailureAnalysis(
                "There is no bean of type " + cause.getResolvableType() + ": " + property + " is not set.",
                "Set " + property + " to a GGUF or safetensors file, a directory with either, or hf:owner/name[/file]"
                        + " to have it downloaded.",
                cause);
    }
}
