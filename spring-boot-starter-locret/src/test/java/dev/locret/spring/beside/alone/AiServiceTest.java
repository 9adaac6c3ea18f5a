package dev.locret.spring.beside.alone;

import static org.assertj.core.api.Assertions.assertThat;

import dev.langchain4j.service.TokenStream;
import dev.langchain4j.service.spring.AiService;
import dev.locret.testing.DemoModel;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.springframework.boot.WebApplicationType;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Configuration;

/** LangChain4j's starter makes a service of an interface, with our models since there are no others. */
class AiServiceTest {
    @Test
    void anAiServiceAnswersWithOurModels() throws Exception {
        try (ConfigurableApplicationContext context = new SpringApplicationBuilder(Application.class)
                .web(WebApplicationType.NONE)
                .properties(
                        "langchain4j.locret.model-path=" + DemoModel.path(),
                        "langchain4j.locret.cache-budget=256",
                        "langchain4j.locret.chat-model.max-output-tokens=12",
                        "langchain4j.locret.streaming-chat-model.max-output-tokens=12")
                .run()) {
            Assistant assistant = context.getBean(Assistant.class);
            CompletableFuture<String> streamed = new CompletableFuture<>();

            assistant.stream("What is the capital of France?")
                    .onPartialResponse(piece -> {})
                    .onCompleteResponse(
                            response -> streamed.complete(response.aiMessage().text()))
                    .onError(streamed::completeExceptionally)
                    .start();

            assertThat(assistant.answer("What is the capital of France?")).contains("Paris");
            assertThat(streamed.get(60, TimeUnit.SECONDS)).contains("Paris");
        }
    }

    @AiService
    interface Assistant {
        String answer(String question);

        TokenStream stream(String question);
    }

    @Configuration(proxyBeanMethods = false)
    @EnableAutoConfiguration
    static class Application {}
}
