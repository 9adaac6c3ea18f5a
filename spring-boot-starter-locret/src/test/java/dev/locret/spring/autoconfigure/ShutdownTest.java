package dev.locret.spring.autoconfigure;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.langchain4j.model.chat.ChatModel;
import dev.langchain4j.model.chat.response.ChatResponse;
import dev.langchain4j.model.chat.response.StreamingChatResponseHandler;
import dev.locret.LocretStreamingChatModel;
import dev.locret.engine.LocretEngine;
import dev.locret.engine.ProcessResources;
import dev.locret.testing.DemoModel;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.springframework.boot.WebApplicationType;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Configuration;

/** What happens to answers under way, and what is left, when a context is closed. */
@Timeout(300)
class ShutdownTest {
    private static ConfigurableApplicationContext start(String... properties) {
        return new SpringApplicationBuilder(Application.class)
                .web(WebApplicationType.NONE)
                .properties(
                        "langchain4j.locret.model-path=" + DemoModel.path(),
                        "langchain4j.locret.cache-budget=128",
                        "langchain4j.locret.chunk-size=64",
                        "langchain4j.locret.prefix-cache-size=0")
                .properties(properties)
                .run();
    }

    @Test
    void anAnswerUnderWayComesToItsEnd() throws Exception {
        ConfigurableApplicationContext context = start("langchain4j.locret.streaming-chat-model.max-output-tokens=40");
        Answer answer = new Answer();
        context.getBean(LocretStreamingChatModel.class).chat("Tell me a long story.", answer);
        assertThat(answer.begun.await(60, TimeUnit.SECONDS)).isTrue();

        context.close();

        ChatResponse response = answer.get(60, TimeUnit.SECONDS);
        assertThat(response.tokenUsage().outputTokenCount()).isEqualTo(40);
    }

    @Test
    void anAnswerThatTakesTooLongIsEnded() throws Exception {
        ConfigurableApplicationContext context =
                start("spring.lifecycle.timeout-per-shutdown-phase=50ms", "langchain4j.locret.max-sessions=1");
        LocretStreamingChatModel model = context.getBean(LocretStreamingChatModel.class);
        Answer running = new Answer();
        Answer waiting = new Answer();
        model.chat(longAnswer(), running);
        assertThat(running.begun.await(60, TimeUnit.SECONDS)).isTrue();
        model.chat(longAnswer(), waiting);

        context.close();

        for (Answer answer : List.of(running, waiting)) {
            assertThatThrownBy(() -> answer.get(60, TimeUnit.SECONDS))
                    .isInstanceOf(ExecutionException.class)
                    .hasMessageContaining("engine: closed");
        }
        assertThatThrownBy(() -> model.engine().trace(new int[] {1}, 1, false)).hasMessage("engine: closed");
    }

    /** A question whose answer takes much longer than the shutdown may. */
    private static String longAnswer() {
        return "Count from one to ten thousand in words, and leave no number out.";
    }

    @Test
    void twentyContextsLeaveNothingBehind() throws Exception {
        Set<Thread> threads = ProcessResources.threads();
        cycle("eager");
        cycle("background");
        ProcessResources before = ProcessResources.now();

        for (int i = 0; i < 20; i++) {
            cycle(i % 2 == 0 ? "eager" : "background");
        }

        ProcessResources.now().assertNoMoreThan(before);
        ProcessResources.assertNoThreadsBut(threads);
    }

    private static void cycle(String load) {
        LocretEngine engine;
        try (ConfigurableApplicationContext context =
                start("langchain4j.locret.load=" + load, "langchain4j.locret.chat-model.max-output-tokens=1")) {
            assertThat(context.getBean(ChatModel.class).chat("Hi")).isNotNull();
            engine = context.getBean(LocretEngine.class);
        }
        assertThat(engine.drain()).isCompleted();
    }

    @Test
    void aContextThatIsClosedWhileItLoadsLeavesNothingBehind() throws Exception {
        Set<Thread> threads = ProcessResources.threads();

        start("langchain4j.locret.load=background").close();

        ProcessResources.assertNoThreadsBut(threads);
    }

    private static final class Answer extends CompletableFuture<ChatResponse> implements StreamingChatResponseHandler {
        private final CountDownLatch begun = new CountDownLatch(1);

        @Override
        public void onPartialResponse(String piece) {
            begun.countDown();
        }

        @Override
        public void onCompleteResponse(ChatResponse response) {
            complete(response);
        }

        @Override
        public void onError(Throwable error) {
            completeExceptionally(error);
        }
    }

    @Configuration(proxyBeanMethods = false)
    @EnableAutoConfiguration
    static class Application {}
}
