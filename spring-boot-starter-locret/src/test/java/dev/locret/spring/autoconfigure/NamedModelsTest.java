package dev.locret.spring.autoconfigure;

import static org.assertj.core.api.Assertions.assertThat;

import dev.langchain4j.model.TokenCountEstimator;
import dev.langchain4j.model.chat.ChatModel;
import dev.langchain4j.model.chat.StreamingChatModel;
import dev.locret.LocretChatModel;
import dev.locret.engine.Contexts;
import dev.locret.engine.LocretEngine;
import dev.locret.testing.DemoModel;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.NoUniqueBeanDefinitionException;
import org.springframework.beans.factory.annotation.Qualifier;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.context.annotation.Configuration;

/** Several models in a context, told apart by their names. */
class NamedModelsTest {
    private final ApplicationContextRunner runner = new ApplicationContextRunner()
            .withConfiguration(
                    AutoConfigurations.of(LocretAutoConfiguration.class, LocretNamedModelsAutoConfiguration.class));

    private static String[] model(String prefix, int budget) {
        List<String> properties = new ArrayList<>();
        String dotted = "langchain4j.locret." + prefix;
        properties.add(dotted + "model-path=" + DemoModel.path());
        properties.add(dotted + "cache-budget=" + budget);
        properties.add(dotted + "load=lazy");
        properties.add(dotted + "chat-model.max-output-tokens=" + budget);
        return properties.toArray(String[]::new);
    }

    @Test
    void eachHasBeansOfItsOwn() {
        runner.withPropertyValues(model("models.reader.", 200))
                .withPropertyValues(model("models.writer-2.", 300))
                .run(context -> {
                    assertThat(context)
                            .hasNotFailed()
                            .hasBean("locretChatModel-reader")
                            .hasBean("locretStreamingChatModel-reader")
                            .hasBean("locretTokenCountEstimator-reader")
                            .hasBean("locretChatModel-writer-2")
                            .doesNotHaveBean("locretChatModel");
                    LocretChatModel reader = context.getBean("locretChatModel-reader", LocretChatModel.class);
                    LocretChatModel writer = context.getBean("locretChatModel-writer-2", LocretChatModel.class);
                    assertThat(reader.defaultRequestParameters().maxOutputTokens())
                            .isEqualTo(200);
                    assertThat(writer.defaultRequestParameters().maxOutputTokens())
                            .isEqualTo(300);
                    LocretEngine engine = context.getBean("locretEngine-reader", LocretEngine.class);
                    assertThat(reader.engine()).isSameAs(engine);
                    assertThat(engine.cachePlan().budget()).isEqualTo(200);
                    assertThat(context.getBean("locretContexts-reader")).isSameAs(engine.contexts());
                    assertThat(writer.engine().cachePlan().budget()).isEqualTo(300);
                });
    }

    @Test
    void theNameIsAQualifier() {
        runner.withPropertyValues(model("models.reader.", 200))
                .withPropertyValues(model("models.writer.", 300))
                .withUserConfiguration(Desk.class)
                .run(context -> {
                    Desk desk = context.getBean(Desk.class);
                    assertThat(desk.reader).isSameAs(context.getBean("locretChatModel-reader"));
                    assertThat(desk.writer).isSameAs(context.getBean("locretStreamingChatModel-writer"));
                    assertThat(desk.estimator).isSameAs(context.getBean("locretTokenCountEstimator-writer"));
                });
    }

    @Test
    void withoutAQualifierItIsTheModelWithoutAName() {
        runner.withPropertyValues(model("", 100))
                .withPropertyValues(model("models.reader.", 200))
                .withUserConfiguration(ByType.class)
                .run(context -> {
                    assertThat(context).hasNotFailed();
                    assertThat(context.getBean(ByType.class).model).isSameAs(context.getBean("locretChatModel"));
                });
        runner.withPropertyValues(model("models.reader.", 200))
                .withUserConfiguration(ByType.class)
                .run(context -> assertThat(context.getBean(ByType.class).model)
                        .isSameAs(context.getBean("locretChatModel-reader")));
        runner.withPropertyValues(model("models.reader.", 200))
                .withPropertyValues(model("models.writer.", 300))
                .withUserConfiguration(ByType.class)
                .run(context -> assertThat(context)
                        .getFailure()
                        .hasRootCauseInstanceOf(NoUniqueBeanDefinitionException.class)
                        .hasMessageContaining("locretChatModel-reader,locretChatModel-writer"));
    }

    @Test
    void eachClosesItsEngine() {
        List<LocretEngine> engines = new ArrayList<>();
        runner.withPropertyValues(model("models.reader.", 200)).run(context -> {
            engines.add(context.getBean(LocretEngine.class));
            assertThat(context).hasSingleBean(Contexts.class);
        });
        assertThat(engines).singleElement().satisfies(engine -> assertThat(engine.drain())
                .isCompleted());
    }

    @Configuration(proxyBeanMethods = false)
    static class Desk {
        final ChatModel reader;
        final StreamingChatModel writer;
        final TokenCountEstimator estimator;

        Desk(
                @Qualifier("reader") ChatModel reader,
                @Qualifier("writer") StreamingChatModel writer,
                @Qualifier("writer") TokenCountEstimator estimator) {
            this.reader = reader;
            this.writer = writer;
            this.estimator = estimator;
        }
    }

    @Configuration(proxyBeanMethods = false)
    static class ByType {
        final ChatModel model;

        ByType(ChatModel model) {
            this.model = model;
        }
    }
}
