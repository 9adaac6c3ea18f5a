package dev.locret.spring.autoconfigure;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.locret.common.ErrorId;
import dev.locret.common.LocretException;
import dev.locret.engine.LocretEngine;
import dev.locret.engine.ScriptedEngine;
import dev.locret.spring.autoconfigure.EngineLifecycle.State;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.springframework.boot.WebApplicationType;
import org.springframework.boot.autoconfigure.ImportAutoConfiguration;
import org.springframework.boot.autoconfigure.availability.ApplicationAvailabilityAutoConfiguration;
import org.springframework.boot.availability.ApplicationAvailability;
import org.springframework.boot.availability.AvailabilityChangeEvent;
import org.springframework.boot.availability.LivenessState;
import org.springframework.boot.availability.ReadinessState;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/** Traffic comes when the model is there. */
@Timeout(120)
class LocretReadinessTest {
    private static CompletableFuture<LocretEngine> source;
    private static LoadMode mode;

    private ConfigurableApplicationContext context;

    private ApplicationAvailability start(LoadMode load, CompletableFuture<LocretEngine> loading) {
        source = loading;
        mode = load;
        context = new SpringApplicationBuilder(Application.class)
                .web(WebApplicationType.NONE)
                .run();
        return context.getBean(ApplicationAvailability.class);
    }

    private static LocretEngine engine() {
        return ScriptedEngine.load(prompt -> List.of("Paris."));
    }

    @AfterEach
    void close() {
        context.close();
    }

    @Test
    void isRefusingUntilTheModelIsThere() throws Exception {
        CompletableFuture<LocretEngine> loading = new CompletableFuture<>();
        ApplicationAvailability availability = start(LoadMode.BACKGROUND, loading);

        assertThat(availability.getReadinessState()).isEqualTo(ReadinessState.REFUSING_TRAFFIC);
        assertThat(availability.getLivenessState()).isEqualTo(LivenessState.CORRECT);
        loading.complete(engine());

        await().until(() -> availability.getReadinessState() == ReadinessState.ACCEPTING_TRAFFIC);
    }

    @Test
    void isAcceptingWithAModelThatIsThere() {
        assertThat(start(LoadMode.EAGER, CompletableFuture.completedFuture(engine()))
                        .getReadinessState())
                .isEqualTo(ReadinessState.ACCEPTING_TRAFFIC);
    }

    @Test
    void staysRefusingWithoutAModel() {
        CompletableFuture<LocretEngine> loading = new CompletableFuture<>();
        ApplicationAvailability availability = start(LoadMode.BACKGROUND, loading);
        EngineLifecycle lifecycle = context.getBean(EngineLifecycle.class);

        loading.completeExceptionally(new LocretException(ErrorId.FILE_DAMAGED, "gguf: damaged"));

        assertThat(CompletableFuture.supplyAsync(lifecycle::engine))
                .failsWithin(Duration.ofSeconds(60))
                .withThrowableOfType(ExecutionException.class)
                .withMessageContaining("gguf: damaged");
        assertThat(lifecycle.state()).isEqualTo(State.FAILED);
        assertThat(availability.getReadinessState()).isEqualTo(ReadinessState.REFUSING_TRAFFIC);
        assertThat(availability.getLivenessState()).isEqualTo(LivenessState.CORRECT);
    }

    @Test
    void doesNotAcceptWhatTheApplicationRefuses() throws Exception {
        CompletableFuture<LocretEngine> loading = new CompletableFuture<>();
        ApplicationAvailability availability = start(LoadMode.BACKGROUND, loading);
        AvailabilityChangeEvent.publish(context, ReadinessState.REFUSING_TRAFFIC);
        CountDownLatch loaded = new CountDownLatch(1);
        context.getBean(EngineLifecycle.class).whenReady(engine -> loaded.countDown());

        loading.complete(engine());

        assertThat(loaded.await(60, TimeUnit.SECONDS)).isTrue();
        assertThat(availability.getReadinessState()).isEqualTo(ReadinessState.REFUSING_TRAFFIC);
        AvailabilityChangeEvent.publish(context, ReadinessState.ACCEPTING_TRAFFIC);
        assertThat(availability.getReadinessState()).isEqualTo(ReadinessState.ACCEPTING_TRAFFIC);
    }

    @Configuration(proxyBeanMethods = false)
    @ImportAutoConfiguration({ApplicationAvailabilityAutoConfiguration.class, LocretAvailabilityAutoConfiguration.class
    })
    static class Application {
        @Bean
        EngineLifecycle locretEngineLifecycle() {
            return EngineLifecycle.load("default", mode, Application::join, null);
        }

        private static LocretEngine join() {
            try {
                return source.join();
            } catch (CompletionException e) {
                throw (RuntimeException) e.getCause();
            }
        }
    }
}
