package dev.locret.spring.autoconfigure;

import static org.assertj.core.api.Assertions.assertThat;

import dev.langchain4j.model.chat.ChatModel;
import dev.locret.testing.DemoEngine;
import dev.locret.testing.DemoModel;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Value;
import org.springframework.boot.SpringBootConfiguration;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.test.context.DynamicPropertyRegistry;
import org.springframework.test.context.DynamicPropertySource;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RestController;

/** A whole application with the real model, found by auto-configuration alone. */
@SpringBootTest(webEnvironment = SpringBootTest.WebEnvironment.RANDOM_PORT)
class LocretWebApplicationTest {
    @DynamicPropertySource
    static void model(DynamicPropertyRegistry registry) {
        registry.add("langchain4j.locret.model-path", () -> DemoModel.path().toString());
        registry.add("langchain4j.locret.retaining-heads-path", () -> DemoEngine.heads()
                .toString());
        registry.add("langchain4j.locret.cache-budget", () -> 256);
        registry.add("langchain4j.locret.chat-model.max-output-tokens", () -> 12);
    }

    @Test
    void answersOverHttp(@Value("${local.server.port}") int port) throws Exception {
        HttpRequest request = HttpRequest.newBuilder(URI.create("http://localhost:" + port + "/ask"))
                .header("Content-Type", "text/plain")
                .POST(BodyPublishers.ofString("What is the capital of France?"))
                .build();

        HttpResponse<String> response = HttpClient.newHttpClient().send(request, BodyHandlers.ofString());

        assertThat(response.statusCode()).isEqualTo(200);
        assertThat(response.body()).contains("Paris");
    }

    /** Without a component scan, which would find the configurations of other tests. */
    @SpringBootConfiguration
    @EnableAutoConfiguration
    @RestController
    static class Application {
        private final ChatModel model;

        Application(ChatModel model) {
            this.model = model;
        }

        @PostMapping("/ask")
        String ask(@RequestBody String question) {
            return model.chat(question);
        }
    }
}
