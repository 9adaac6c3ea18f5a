package dev.locret.spring.beside.two;

import static dev.langchain4j.service.spring.AiServiceWiringMode.EXPLICIT;
import static org.assertj.core.api.Assertions.assertThat;

import dev.langchain4j.model.chat.ChatModel;
import dev.langchain4j.model.chat.StreamingChatModel;
import dev.langchain4j.service.spring.AiService;
import dev.locret.LocretChatModel;
import dev.locret.testing.DemoModel;
import org.junit.jupiter.api.Test;
import org.springframework.boot.WebApplicationType;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Configuration;

/** Beside the starter of another provider: both have their beans, and a service takes ours by its name. */
class TwoStartersTest {
    @Test
    void aServiceTakesOurModelByName() {
        try (ConfigurableApplicationContext context = new SpringApplicationBuilder(Application.class)
                .web(WebApplicationType.NONE)
                .properties(
                        "langchain4j.open-ai.chat-model.api-key=none",
                        // Nobody listens there: a question that went the wrong way would fail.
                        "langchain4j.open-ai.chat-model.base-url=http://127.0.0.1:1/v1",
                        "langchain4j.open-ai.chat-model.model-name=theirs",
                        "langchain4j.open-ai.streaming-chat-model.api-key=none",
                        "langchain4j.locret.model-path=" + DemoModel.path(),
                        "langchain4j.locret.cache-budget=256",
                        "langchain4j.locret.chat-model.max-output-tokens=12")
                .run()) {
            assertThat(context.getBeansOfType(ChatModel.class)).containsOnlyKeys("openAiChatModel", "locretChatModel");
            assertThat(context.getBeansOfType(StreamingChatModel.class))
                    .containsOnlyKeys("openAiStreamingChatModel", "locretStreamingChatModel");
            assertThat(context.getBean(LocretChatModel.class)).isSameAs(context.getBean("locretChatModel"));
            assertThat(context.getBean(Assistant.class).answer("What is the capital of France?"))
                    .contains("Paris");
        }
    }

    @AiService(wiringMode = EXPLICIT, chatModel = "locretChatModel")
    interface Assistant {
        String answer(String question);
    }

    @Configuration(proxyBeanMethods = false)
    @EnableAutoConfiguration
    static class Application {}
}
