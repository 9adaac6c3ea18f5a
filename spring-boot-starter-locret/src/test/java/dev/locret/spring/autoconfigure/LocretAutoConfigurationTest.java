package dev.locret.spring.autoconfigure;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.langchain4j.model.chat.Capability;
import dev.langchain4j.model.chat.ChatModel;
import dev.langchain4j.model.chat.StreamingChatModel;
import dev.langchain4j.model.chat.listener.ChatModelListener;
import dev.locret.LocretChatModel;
import dev.locret.LocretChatRequestParameters;
import dev.locret.LocretStreamingChatModel;
import dev.locret.engine.LocretEngine;
import dev.locret.model.RotaryEmbedding.Factors;
import dev.locret.testing.DemoEngine;
import dev.locret.testing.DemoModel;
import java.nio.file.Path;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.test.context.FilteredClassLoader;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.annotation.Order;

class LocretAutoConfigurationTest {
    private final ApplicationContextRunner runner =
            new ApplicationContextRunner().withConfiguration(AutoConfigurations.of(LocretAutoConfiguration.class));

    /** With a model that is loaded already. */
    private final ApplicationContextRunner loaded = runner.withPropertyValues("langchain4j.locret.model-path=demo")
            .withBean(
                    "demoEngine",
                    LocretEngine.class,
                    DemoEngine::shared,
                    definition -> definition.setDestroyMethodName(""));

    @Test
    void isOffWithoutAModel() {
        runner.run(context -> assertThat(context)
                .hasNotFailed()
                .doesNotHaveBean(LocretEngine.class)
                .doesNotHaveBean(ChatModel.class)
                .doesNotHaveBean(StreamingChatModel.class));
    }

    @Test
    void isOffWithoutTheLibrary() {
        runner.withPropertyValues("langchain4j.locret.model-path=demo")
                .withClassLoader(new FilteredClassLoader(LocretEngine.class))
                .run(context -> assertThat(context).hasNotFailed().doesNotHaveBean(ChatModel.class));
    }

    @Test
    void loadsOneModelForBothBeansAndClosesItWithTheContext(@TempDir Path contexts) {
        AtomicReference<LocretChatModel> after = new AtomicReference<>();

        runner.withPropertyValues(
                        "langchain4j.locret.model-path=" + DemoModel.path(),
                        "langchain4j.locret.retaining-heads-path=" + DemoEngine.heads(),
                        "langchain4j.locret.device=cpu",
                        "langchain4j.locret.cache-budget=128",
                        "langchain4j.locret.chunk-size=64",
                        "langchain4j.locret.stabilizers=16",
                        "langchain4j.locret.local-tokens=32",
                        "langchain4j.locret.pinned-tokens=8",
                        "langchain4j.locret.recent-share=0.125",
                        "langchain4j.locret.score-pooling=3",
                        "langchain4j.locret.budget-allocation=pooled",
                        "langchain4j.locret.value-norm=true",
                        "langchain4j.locret.merge-evicted=true",
                        "langchain4j.locret.kv-cache-type=q8_0",
                        "langchain4j.locret.policy=locret",
                        "langchain4j.locret.rope-factors=auto",
                        "langchain4j.locret.threads=2",
                        "langchain4j.locret.max-sessions=2",
                        "langchain4j.locret.queue-capacity=3",
                        "langchain4j.locret.prefix-cache-size=2MB",
                        "langchain4j.locret.token-gap=75ms",
                        "langchain4j.locret.contexts.directory=" + contexts,
                        "langchain4j.locret.contexts.max-size=1GB",
                        "langchain4j.locret.chat-model.max-output-tokens=1")
                .run(context -> {
                    LocretEngine engine = context.getBean("locretEngine", LocretEngine.class);
                    LocretChatModel chat = context.getBean("locretChatModel", LocretChatModel.class);
                    LocretStreamingChatModel streaming =
                            context.getBean("locretStreamingChatModel", LocretStreamingChatModel.class);

                    assertThat(context.getBean(ChatModel.class)).isSameAs(chat);
                    assertThat(context.getBean(StreamingChatModel.class)).isSameAs(streaming);
                    assertThat(chat.engine()).isSameAs(engine);
                    assertThat(streaming.engine()).isSameAs(engine);
                    assertThat(engine.policyName()).isEqualTo("locret");
                    assertThat(engine.cachePlan()).satisfies(plan -> {
                        assertThat(plan.budget()).isEqualTo(128);
                        assertThat(plan.chunkSize()).isEqualTo(64);
                        assertThat(plan.stabilizers()).isEqualTo(16);
                        assertThat(plan.localTokens()).isEqualTo(32);
                        assertThat(plan.pinnedTokens()).isEqualTo(8);
                        assertThat(plan.retention().recentShare()).isEqualTo(0.125);
                        assertThat(plan.retention().allocation()).hasToString("pooled");
                        assertThat(plan.retention().valueNorm()).isTrue();
                        assertThat(plan.retention().mergeEvicted()).isTrue();
                        assertThat(plan.type()).hasToString("q8_0");
                        assertThat(plan.scorePooling()).isEqualTo(3);
                    });
                    assertThat(engine.options().ropeFactors()).isEqualTo(Factors.AUTO);
                    assertThat(engine.options().threads()).isEqualTo(2);
                    assertThat(engine.options().maxSessions()).isEqualTo(2);
                    assertThat(engine.options().queueCapacity()).isEqualTo(3);
                    assertThat(engine.options().prefixCacheBytes()).isEqualTo(2 << 20);
                    assertThat(engine.options().tokenGapMillis()).isEqualTo(75);
                    assertThat(engine.options().contextsDirectory()).isEqualTo(contexts);
                    assertThat(engine.options().contextsDirectoryBytes()).isEqualTo(1 << 30);
                    assertThat(chat.chat("Hi")).isNotNull();
                    after.set(chat);
                });

        assertThatThrownBy(() -> after.get().chat("Hi")).hasMessageContaining("closed");
    }

    @Test
    void takesDefaultsOfRequestsForEachBean() {
        loaded.withPropertyValues(
                        "langchain4j.locret.chat-model.model-name=reader",
                        "langchain4j.locret.chat-model.temperature=0.5",
                        "langchain4j.locret.chat-model.top-p=0.9",
                        "langchain4j.locret.chat-model.top-k=40",
                        "langchain4j.locret.chat-model.min-p=0.05",
                        "langchain4j.locret.chat-model.seed=7",
                        "langchain4j.locret.chat-model.frequency-penalty=0.1",
                        "langchain4j.locret.chat-model.presence-penalty=0.2",
                        "langchain4j.locret.chat-model.repetition-penalty=1.1",
                        "langchain4j.locret.chat-model.max-output-tokens=5",
                        "langchain4j.locret.chat-model.stop=END,STOP",
                        "langchain4j.locret.chat-model.merge-messages=true",
                        "langchain4j.locret.chat-model.supported-capabilities=response-format-json-schema",
                        "langchain4j.locret.streaming-chat-model.temperature=0.25")
                .run(context -> {
                    LocretChatModel chat = context.getBean(LocretChatModel.class);
                    assertThat(chat.defaultRequestParameters())
                            .isEqualTo(LocretChatRequestParameters.builder()
                                    .modelName("reader")
                                    .temperature(0.5)
                                    .topP(0.9)
                                    .topK(40)
                                    .minP(0.05)
                                    .seed(7L)
                                    .frequencyPenalty(0.1)
                                    .presencePenalty(0.2)
                                    .repetitionPenalty(1.1)
                                    .maxOutputTokens(5)
                                    .stopSequences("END", "STOP")
                                    .build());
                    assertThat(chat.supportedCapabilities()).containsExactly(Capability.RESPONSE_FORMAT_JSON_SCHEMA);
                    assertThat(context.getBean(LocretStreamingChatModel.class).defaultRequestParameters())
                            .isEqualTo(LocretChatRequestParameters.builder()
                                    .modelName(chat.engine().modelName())
                                    .temperature(0.25)
                                    .build());
                });
    }

    @Test
    void usesAnEngineOfTheApplication() {
        loaded.run(context -> {
            assertThat(context).hasSingleBean(LocretEngine.class).doesNotHaveBean("locretEngine");
            assertThat(context.getBean(LocretChatModel.class).engine()).isSameAs(DemoEngine.shared());
        });
    }

    @Test
    void backsOffFromModelsOfTheApplication() {
        loaded.withUserConfiguration(OwnModels.class).run(context -> {
            assertThat(context).hasSingleBean(LocretChatModel.class).hasBean("mine");
            assertThat(context).hasSingleBean(LocretStreamingChatModel.class).hasBean("mineStreaming");
        });
    }

    @Test
    void standsBesideModelsOfOtherProviders() {
        ChatModel other = new ChatModel() {};

        loaded.withBean("ollamaChatModel", ChatModel.class, () -> other)
                .run(context -> assertThat(context.getBeansOfType(ChatModel.class))
                        .containsOnlyKeys("ollamaChatModel", "locretChatModel"));
    }

    @Test
    void passesListenersInOrder() {
        loaded.withUserConfiguration(Listeners.class).run(context -> {
            ChatModelListener first = context.getBean("first", ChatModelListener.class);
            ChatModelListener second = context.getBean("second", ChatModelListener.class);

            assertThat(context.getBean(LocretChatModel.class).listeners()).containsExactly(first, second);
            assertThat(context.getBean(LocretStreamingChatModel.class).listeners())
                    .containsExactly(first, second);
        });
    }

    @Test
    void namesThePropertyOfABadValue() {
        loaded.withPropertyValues("langchain4j.locret.chat-model.top-p=1.5").run(context -> assertThat(context)
                .getFailure()
                .hasStackTraceContaining(
                        "langchain4j.locret.chat-model.top-p: top-p out of range: top-p=1.5, allowed=0..1"));
        loaded.withPropertyValues("langchain4j.locret.timeout=soon")
                .run(context -> assertThat(context).getFailure().hasStackTraceContaining("langchain4j.locret.timeout"));
        loaded.withPropertyValues("langchain4j.locret.chat-model.top-k=many").run(context -> assertThat(context)
                .getFailure()
                .hasStackTraceContaining("langchain4j.locret.chat-model.top-k"));
        runner.withPropertyValues(
                        "langchain4j.locret.model-path=" + DemoModel.path(), "langchain4j.locret.cache-budget=much")
                .run(context -> assertThat(context)
                        .getFailure()
                        .hasStackTraceContaining(
                                "langchain4j.locret.cache-budget: cache-budget is neither a number of entries"));
    }

    @Configuration(proxyBeanMethods = false)
    static class OwnModels {
        @Bean
        LocretChatModel mine(LocretEngine engine) {
            return LocretChatModel.builder().engine(engine).build();
        }

        @Bean
        LocretStreamingChatModel mineStreaming(LocretEngine engine) {
            return LocretStreamingChatModel.builder().engine(engine).build();
        }
    }

    @Configuration(proxyBeanMethods = false)
    static class Listeners {
        @Bean
        @Order(2)
        ChatModelListener second() {
            return new ChatModelListener() {};
        }

        @Bean
        @Order(1)
        ChatModelListener first() {
            return new ChatModelListener() {};
        }
    }
}
