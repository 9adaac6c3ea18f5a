package dev.locret.metrics;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.locret.engine.ContextRequest;
import dev.locret.engine.EngineOptions;
import dev.locret.engine.Generation;
import dev.locret.engine.GenerationListener;
import dev.locret.engine.GenerationRequest;
import dev.locret.engine.GenerationResult;
import dev.locret.engine.GenerationResult.Finish;
import dev.locret.engine.LocretEngine;
import dev.locret.engine.MemoryPlan;
import dev.locret.generate.SamplingParameters;
import dev.locret.testing.Golden;
import io.micrometer.core.instrument.DistributionSummary;
import io.micrometer.core.instrument.Meter;
import io.micrometer.core.instrument.MockClock;
import io.micrometer.core.instrument.Tag;
import io.micrometer.core.instrument.Tags;
import io.micrometer.core.instrument.Timer;
import io.micrometer.core.instrument.simple.SimpleConfig;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Every meter, by its value after requests whose costs are known. */
class LocretMetricsTest {
    private final SimpleMeterRegistry registry = new SimpleMeterRegistry(SimpleConfig.DEFAULT, new MockClock());
    private LocretEngine engine;

    @BeforeEach
    void load() {
        Path tiny = Golden.of("llama-tiny").directory();
        engine = LocretEngine.load(EngineOptions.builder(tiny)
                .headsPath(tiny.resolve("retaining_heads.safetensors"))
                .threads(1)
                .cacheBudget(64)
                .chunkSize(16)
                .stabilizers(8)
                .localTokens(4)
                .reserve(12)
                .queueCapacity(1)
                .build());
        new LocretMetrics(engine, Tags.of("place", "here")).bindTo(registry);
    }

    @AfterEach
    void close() {
        engine.close();
    }

    private static int[] prompt(int tokens, long seed) {
        return new Random(seed).ints(tokens, 3, 512).toArray();
    }

    private static GenerationRequest request(int promptTokens, long seed, int maxOutputTokens) {
        return new GenerationRequest(
                prompt(promptTokens, seed), 0, SamplingParameters.GREEDY, maxOutputTokens, List.of(), null, null);
    }

    private double counter(String name) {
        return registry.get(name).functionCounter().count();
    }

    private double gauge(String name) {
        return registry.get(name).gauge().value();
    }

    private static Duration total(Timer timer) {
        return Duration.ofNanos((long) timer.totalTime(TimeUnit.NANOSECONDS));
    }

    @Test
    void tellsWhatRequestsCost() {
        GenerationResult first = engine.generate(request(100, 5, 3));
        GenerationResult second = engine.generate(request(100, 5, 1));
        // Waits for the worker, which tells events after it has woken who waits for the answer.
        engine.close();

        assertThat(first.finish()).isEqualTo(Finish.LENGTH);
        assertThat(counter("locret.tokens.read")).isEqualTo(100 + 20);
        assertThat(counter("locret.tokens.reused")).isEqualTo(80);
        assertThat(counter("locret.tokens.generated")).isEqualTo(3 + 1);
        assertThat(counter("locret.requests.started")).isEqualTo(2);
        assertThat(counter("locret.requests.rejected")).isZero();
        assertThat(counter("locret.prefix.hits")).isEqualTo(1);

        assertThat(usage("input").totalAmount()).isEqualTo(200);
        assertThat(usage("output").totalAmount()).isEqualTo(4);
        Duration firstToken = first.queued().plus(first.prefill());
        Duration secondToken = second.queued().plus(second.prefill());
        Timer toFirst = registry.get("gen_ai.server.time_to_first_token").timer();
        assertThat(toFirst.count()).isEqualTo(2);
        assertThat(total(toFirst)).isEqualTo(firstToken.plus(secondToken));
        Timer perToken = registry.get("gen_ai.server.time_per_output_token").timer();
        assertThat(perToken.count())
                .as("the second answer has only a first token")
                .isEqualTo(1);
        assertThat(total(perToken)).isEqualTo(first.decode().dividedBy(2));
        Timer whole = registry.get("gen_ai.server.request.duration").timer();
        assertThat(whole.count()).isEqualTo(2);
        assertThat(total(whole))
                .isEqualTo(firstToken.plus(first.decode()).plus(secondToken).plus(second.decode()));
        Timer queued = registry.get("locret.queue.time").timer();
        assertThat(queued.count()).isEqualTo(2);
        assertThat(total(queued)).isEqualTo(first.queued().plus(second.queued()));

        assertThat(registry.get("locret.cache.entries.kept").summary().max()).isEqualTo(64 + 4);
        // 3 layers of 8 KV heads; of the 96 tokens before the local ones 64 stay, of the first 80 as well.
        assertThat(second.entriesEvicted()).isEqualTo(3 * 8 * (96 - 64));
        assertThat(registry.get("locret.cache.entries.evicted").summary().totalAmount())
                .as("16 of the second request's entries were dropped before they were copied")
                .isEqualTo(3 * 8 * (96 - 64 + 96 - 80));
        assertThat(registry.find("locret.requests.failed").counters()).isEmpty();
    }

    private DistributionSummary usage(String type) {
        return registry.get("gen_ai.client.token.usage")
                .tags(
                        "gen_ai.token.type",
                        type,
                        "gen_ai.operation.name",
                        "chat",
                        "gen_ai.provider.name",
                        "locret",
                        "gen_ai.request.model",
                        "llama-tiny",
                        "gen_ai.response.model",
                        "llama-tiny",
                        "place",
                        "here")
                .summary();
    }

    @Test
    void tellsTheQueueAndWhatFails() {
        CountDownLatch reading = new CountDownLatch(1);
        CountDownLatch go = new CountDownLatch(1);
        Generation holder = engine.submit(request(3, 1, 1), new GenerationListener() {
            @Override
            public void onRead(int tokensRead, int promptTokens, int entriesKept, double tokensPerSecond) {
                reading.countDown();
                await(go);
            }
        });
        await(reading);
        Generation waiting = engine.submit(request(3, 2, 1), GenerationListener.NONE);
        assertThatThrownBy(() -> engine.submit(request(3, 3, 1), GenerationListener.NONE))
                .hasMessageContaining("queue is full");

        assertThat(gauge("locret.queue.waiting")).isEqualTo(1);
        assertThat(gauge("locret.queue.capacity")).isEqualTo(1);
        assertThat(registry.get("locret.queue.longest_wait").timeGauge().value(TimeUnit.NANOSECONDS))
                .isPositive();
        assertThat(gauge("locret.sessions.running")).isEqualTo(1);
        assertThat(gauge("locret.sessions.limit")).isEqualTo(1);
        assertThat(counter("locret.requests.rejected")).isEqualTo(1);

        waiting.cancel();
        go.countDown();
        holder.await();
        engine.close();
        assertThat(registry.get("locret.requests.failed")
                        .tag("error.type", "cancelled")
                        .counter()
                        .count())
                .isEqualTo(1);
        Timer failed = registry.get("gen_ai.server.request.duration")
                .tag("error.type", "cancelled")
                .timer();
        assertThat(failed.count()).isEqualTo(1);
        assertThat(total(failed)).isPositive();
        assertThat(registry.get("gen_ai.server.request.duration")
                        .tag("error.type", "none")
                        .timer()
                        .count())
                .isEqualTo(1);
        assertThat(gauge("locret.queue.waiting")).isZero();
        assertThat(counter("locret.requests.started")).isEqualTo(1);
    }

    private static void await(CountDownLatch latch) {
        try {
            assertThat(latch.await(60, TimeUnit.SECONDS)).isTrue();
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    @Test
    void tellsContextsAndMemory() {
        assertThat(gauge("locret.contexts.count")).isZero();
        engine.contexts()
                .read(new ContextRequest("d", prompt(10, 1)), GenerationListener.NONE)
                .await();

        assertThat(gauge("locret.contexts.count")).isEqualTo(1);
        assertThat(gauge("locret.snapshots.count")).isEqualTo(1);
        // 3 layers of 8 KV heads; key and value of 8 floats, score and position; and the tokens.
        assertThat(gauge("locret.snapshots.size")).isEqualTo(3 * 8 * 10 * 4 * 18 + 40);
        assertThat(gauge("locret.snapshots.capacity"))
                .isEqualTo(engine.memoryPlan().prefixCacheBytes());
        for (MemoryPlan.Part part : engine.memoryPlan().parts()) {
            assertThat(registry.get("locret.memory.planned")
                            .tag("locret.memory.part", part.name())
                            .gauge()
                            .value())
                    .isEqualTo(part.bytes());
        }
        engine.close();
        assertThat(registry.get("gen_ai.server.request.duration").timer().count())
                .isEqualTo(1);
        assertThat(registry.get("gen_ai.server.time_to_first_token").timer().count())
                .as("a reading answers nothing")
                .isZero();
    }

    @Test
    void everyMeterIsInTheTableAndHasNoTagOfARequest() throws IOException {
        Generation broken = engine.submit(request(3, 1, 1), new GenerationListener() {
            @Override
            public void onRead(int tokensRead, int promptTokens, int entriesKept, double tokensPerSecond) {
                throw new IllegalStateException("what the user wrote");
            }
        });
        assertThatThrownBy(broken::await).hasMessage("what the user wrote");
        engine.close();
        Set<String> names = registry.getMeters().stream()
                .map(meter -> meter.getId().getName())
                .collect(Collectors.toCollection(TreeSet::new));
        String page = Files.readString(Path.of("..", "docs", "how-it-works.md"));
        Set<String> documented = Pattern.compile("(?m)^\\| `((?:locret|gen_ai)\\.[a-z_.]+)`")
                .matcher(page)
                .results()
                .map(row -> row.group(1))
                .collect(Collectors.toCollection(TreeSet::new));
        assertThat(names).isEqualTo(documented);
        for (Meter meter : registry.getMeters()) {
            assertThat(meter.getId().getTags())
                    .contains(Tag.of("place", "here"), Tag.of("gen_ai.request.model", "llama-tiny"))
                    .extracting(Tag::getKey)
                    .isSubsetOf(
                            "place",
                            "error.type",
                            "gen_ai.operation.name",
                            "gen_ai.provider.name",
                            "gen_ai.request.model",
                            "gen_ai.response.model",
                            "gen_ai.token.type",
                            "locret.memory.part");
        }
        assertThat(registry.get("locret.requests.failed").counter().getId().getTag("error.type"))
                .isEqualTo("java.lang.IllegalStateException");
    }
}
