package dev.locret.spring.autoconfigure;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.langchain4j.data.message.UserMessage;
import dev.langchain4j.exception.LangChain4jException;
import dev.langchain4j.model.chat.request.ChatRequest;
import dev.locret.LocretChatModel;
import dev.locret.LocretChatRequestParameters;
import dev.locret.engine.LocretEngine;
import dev.locret.testing.DemoEngine;
import io.micrometer.observation.Observation;
import io.micrometer.observation.ObservationHandler;
import io.micrometer.observation.ObservationRegistry;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.Test;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.test.context.FilteredClassLoader;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;

/** Requests are observed where there is a registry of observations. */
class ObservationTest {
    private final ApplicationContextRunner runner = new ApplicationContextRunner()
            .withConfiguration(
                    AutoConfigurations.of(LocretAutoConfiguration.class, LocretObservationAutoConfiguration.class))
            .withPropertyValues(
                    "langchain4j.locret.model-path=demo", "langchain4j.locret.chat-model.max-output-tokens=2")
            .withBean(
                    "demoEngine",
                    LocretEngine.class,
                    DemoEngine::shared,
                    definition -> definition.setDestroyMethodName(""));

    private final List<Observation.Context> stopped = new CopyOnWriteArrayList<>();

    private ObservationRegistry registry() {
        ObservationRegistry registry = ObservationRegistry.create();
        registry.observationConfig().observationHandler(new ObservationHandler<>() {
            @Override
            public void onStop(Observation.Context context) {
                stopped.add(context);
            }

            @Override
            public boolean supportsContext(Observation.Context context) {
                return true;
            }
        });
        return registry;
    }

    @Test
    void tellsSizesAndTimesUnderItsParent() {
        ObservationRegistry registry = registry();
        runner.withBean(ObservationRegistry.class, () -> registry).run(context -> {
            LocretChatModel model = context.getBean(LocretChatModel.class);
            Observation parent = Observation.start("request", registry);

            parent.scoped(() -> {
                model.chat("Hi");
            });

            assertThat(stopped).singleElement().satisfies(observed -> {
                String name = DemoEngine.shared().modelName();
                assertThat(observed.getName()).isEqualTo("locret.chat");
                assertThat(observed.getContextualName()).isEqualTo("chat " + name);
                assertThat(observed.getParentObservation()).isSameAs(parent);
                assertThat(observed.getLowCardinalityKeyValue("gen_ai.request.model")
                                .getValue())
                        .isEqualTo(name);
                assertThat(observed.getHighCardinalityKeyValue("gen_ai.usage.output_tokens")
                                .getValue())
                        .isEqualTo("2");
                assertThat(observed.getHighCardinalityKeyValues().toString()).doesNotContain("Hi");
                assertThat(observed.getError()).isNull();
            });
        });
    }

    @Test
    void tellsErrors() {
        runner.withBean(ObservationRegistry.class, this::registry).run(context -> {
            LocretChatModel model = context.getBean(LocretChatModel.class);
            ChatRequest request = ChatRequest.builder()
                    .messages(UserMessage.from("Hi"))
                    .parameters(LocretChatRequestParameters.builder()
                            .context("never-read")
                            .build())
                    .build();

            assertThatThrownBy(() -> model.chat(request)).isInstanceOf(LangChain4jException.class);

            assertThat(stopped).singleElement().satisfies(observed -> assertThat(observed.getError())
                    .hasMessageContaining("never-read"));
        });
    }

    @Test
    void isOffWithoutARegistryOrTheLibrary() {
        runner.run(context ->
                assertThat(context.getBean(LocretChatModel.class).listeners()).isEmpty());
        runner.withClassLoader(new FilteredClassLoader("io.micrometer.observation"))
                .run(context -> assertThat(context).hasNotFailed().doesNotHaveBean("locretObservations"));
    }
}
