package dev.locret.spring.autoconfigure;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.locret.common.ErrorId;
import dev.locret.common.LocretException;
import dev.locret.engine.ContextRequest;
import dev.locret.engine.EngineOptions;
import dev.locret.engine.GenerationListener;
import dev.locret.engine.LocretEngine;
import dev.locret.testing.DemoModel;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/** What operators see over HTTP, in either line of Boot. */
@Timeout(120)
class ActuatorTest {
    private static CompletableFuture<LocretEngine> source;

    private final HttpClient http = HttpClient.newHttpClient();
    private ConfigurableApplicationContext context;

    private void start(CompletableFuture<LocretEngine> loading, String... properties) {
        source = loading;
        context = new SpringApplicationBuilder(Application.class)
                .properties(
                        "server.port=0",
                        "management.endpoints.web.exposure.include=health,info,locret",
                        "management.endpoint.health.show-details=always",
                        "management.endpoint.health.probes.enabled=true")
                .properties(properties)
                .run();
    }

    private static CompletableFuture<LocretEngine> loaded() {
        return CompletableFuture.completedFuture(LocretEngine.load(EngineOptions.builder(DemoModel.path())
                .cacheBudget(128)
                .chunkSize(32)
                .build()));
    }

    @AfterEach
    void close() {
        context.close();
    }

    private HttpResponse<String> send(String method, String path) throws IOException, InterruptedException {
        String port = context.getEnvironment().getProperty("local.server.port");
        return http.send(
                HttpRequest.newBuilder(URI.create("http://localhost:" + port + "/actuator" + path))
                        .method(method, BodyPublishers.noBody())
                        .build(),
                BodyHandlers.ofString());
    }

    private int status(String path) {
        try {
            return send("GET", path).statusCode();
        } catch (IOException | InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    private JsonNode get(String path) throws IOException, InterruptedException {
        return new ObjectMapper().readTree(send("GET", path).body());
    }

    private void awaitReady() {
        await().until(() -> status("/health/readiness") == 200);
    }

    @Test
    void showsALoadedEngine() throws Exception {
        start(loaded());
        awaitReady();

        JsonNode health = get("/health").at("/components/locret");
        assertThat(health.get("status").asText()).isEqualTo("UP");
        JsonNode details = health.get("details");
        assertThat(details.get("state").asText()).isEqualTo("ready");
        assertThat(details.get("device").asText()).contains("cpu");
        assertThat(details.at("/memory/plannedBytes").asLong()).isPositive();
        assertThat(details.at("/memory/freeBytes").asLong()).isPositive();
        assertThat(details.at("/queue/capacity").asInt()).isEqualTo(64);
        JsonNode info = get("/info").at("/locret/default");
        assertThat(info.get("cacheBudget").asInt()).isEqualTo(128);
        assertThat(info.get("model").asText()).contains("SmolLM2");
        JsonNode engine = get("/locret/default");
        assertThat(engine.at("/totals/started").asInt()).isZero();
        assertThat(engine.get("contexts").isArray()).isTrue();
        assertThat(get("/locret").get("default").get("state").asText()).isEqualTo("ready");
        assertThat(send("GET", "/locret/other").statusCode()).isEqualTo(404);
    }

    @Test
    void changesNothingUnlessItIsAllowed() throws Exception {
        start(loaded());
        awaitReady();
        read("kept");

        assertThat(send("DELETE", "/locret/default/kept").statusCode()).isIn(404, 405);
        assertThat(get("/locret/default").at("/contexts/0/name").asText()).isEqualTo("kept");
    }

    @Test
    void removesContextsIfItIsAllowed() throws Exception {
        start(loaded(), "management.endpoint.locret.access=unrestricted");
        awaitReady();
        read("kept");

        HttpResponse<String> removed = send("DELETE", "/locret/default/kept");
        assertThat(removed.statusCode()).isEqualTo(200);
        assertThat(removed.body()).isEqualTo("{\"removed\":true}");
        assertThat(send("DELETE", "/locret/default/kept").body()).isEqualTo("{\"removed\":false}");
        assertThat(send("DELETE", "/locret/other/kept").body()).isEqualTo("{\"removed\":false}");
        assertThat(send("DELETE", "/locret/default/%20").statusCode()).isEqualTo(400);
    }

    private void read(String name) {
        LocretEngine engine = source.join();
        engine.contexts()
                .read(new ContextRequest(name, engine.tokenizer().encode("A text.", false)), GenerationListener.NONE)
                .await();
    }

    @Test
    void tellsThatAModelIsLoading() throws Exception {
        CompletableFuture<LocretEngine> loading = new CompletableFuture<>();
        start(loading);

        assertThat(status("/health/readiness")).isEqualTo(503);
        assertThat(status("/health/liveness")).isEqualTo(200);
        JsonNode health = get("/health").at("/components/locret");
        assertThat(health.get("status").asText()).isEqualTo("OUT_OF_SERVICE");
        assertThat(health.at("/details/state").asText()).isEqualTo("loading");
        assertThat(get("/locret/default").get("state").asText()).isEqualTo("loading");
        loading.complete(loaded().join());
        awaitReady();
        assertThat(status("/health")).isEqualTo(200);
    }

    @Test
    void tellsThatAModelCannotBeLoaded() throws Exception {
        start(CompletableFuture.failedFuture(new LocretException(ErrorId.FILE_DAMAGED, "gguf: damaged")));

        await().until(() ->
                get("/health").at("/components/locret/status").asText().equals("DOWN"));
        JsonNode details = get("/health").at("/components/locret/details");
        assertThat(details.get("state").asText()).isEqualTo("failed");
        assertThat(details.get("error").asText()).isEqualTo("gguf: damaged");
        assertThat(status("/health/readiness")).isEqualTo(503);
        assertThat(status("/health/liveness")).isEqualTo(200);
    }

    /** A long text that is read is no reason to keep traffic away. */
    @Test
    void isReadyWhileATextIsRead() throws Exception {
        start(loaded());
        awaitReady();
        LocretEngine engine = source.join();
        CountDownLatch reading = new CountDownLatch(1);
        CountDownLatch looked = new CountDownLatch(1);
        GenerationListener held = new GenerationListener() {
            @Override
            public void onRead(int tokensRead, int promptTokens, int entriesKept, double tokensPerSecond) {
                reading.countDown();
                try {
                    looked.await(60, TimeUnit.SECONDS);
                } catch (InterruptedException e) {
                    Thread.currentThread().interrupt();
                }
            }
        };
        var read = engine.contexts()
                .read(new ContextRequest("long", engine.tokenizer().encode("A long text. ".repeat(50), false)), held);
        assertThat(reading.await(60, TimeUnit.SECONDS)).isTrue();

        assertThat(status("/health/readiness")).isEqualTo(200);
        assertThat(get("/health").at("/components/locret/status").asText()).isEqualTo("UP");
        assertThat(get("/locret/default").at("/queue/running").asInt()).isEqualTo(1);

        looked.countDown();
        read.await();
    }

    @Configuration(proxyBeanMethods = false)
    @EnableAutoConfiguration
    static class Application {
        @Bean
        EngineLifecycle loading() {
            return EngineLifecycle.load(EngineLifecycle.DEFAULT_NAME, LoadMode.BACKGROUND, Application::join, null);
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
