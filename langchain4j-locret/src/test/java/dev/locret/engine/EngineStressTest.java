package dev.locret.engine;

import static dev.locret.engine.EngineFixtures.prompt;
import static org.assertj.core.api.Assertions.assertThat;

import dev.locret.backend.cpu.CpuBackend;
import dev.locret.common.ErrorId;
import dev.locret.common.LocretException;
import dev.locret.generate.SamplingParameters;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Many clients with shared prompts, contexts, cancels, timeouts and a context that comes and goes: no wrong answer. */
class EngineStressTest {
    private static final int CLIENTS = 32;
    private static final int REQUESTS = 25;
    /** What may happen to a client of this test. */
    private static final Set<ErrorId> EXPECTED =
            EnumSet.of(ErrorId.CANCELLED, ErrorId.TIMEOUT, ErrorId.QUEUE_FULL, ErrorId.UNKNOWN_CONTEXT);

    @TempDir
    private Path directory;

    private final AtomicInteger answered = new AtomicInteger();
    private final AtomicInteger refused = new AtomicInteger();

    private static GenerationRequest request(int i) {
        SamplingParameters sampling = new SamplingParameters(0.8, 40, 0.95, 0.01, 1.1, 0.1, 0.1, (long) i);
        int[] document = prompt(150, i % 3);
        int[] prompt = i % 4 == 0 ? prompt(3 + i, i) : Arrays.copyOf(document, 30 + 4 * i);
        GenerationRequest request = EngineFixtures.request(prompt, sampling, 10, null);
        return i % 4 == 0 ? request.withContext("kept") : request;
    }

    private static EngineOptions.Builder options() {
        // Room for a dozen copies: some are pushed out all the time.
        return EngineFixtures.withHeads()
                .maxSessions(6)
                .queueCapacity(24)
                .tokenGapMillis(1)
                .prefixCacheBytes(1_500_000);
    }

    private static ContextInfo read(LocretEngine engine, String name) {
        return engine.contexts()
                .read(new ContextRequest(name, prompt(120, name.hashCode())), GenerationListener.NONE)
                .await();
    }

    @Test
    void everyAnswerIsTheOneThatItWouldBeAlone() throws Exception {
        List<int[]> expected = new ArrayList<>();
        try (LocretEngine alone = LocretEngine.load(options().maxSessions(1).build())) {
            read(alone, "kept");
            for (int i = 0; i < 24; i++) {
                expected.add(alone.generate(request(i)).tokens());
            }
        }
        Set<Thread> before = threads();
        ProbedBackend backend = new ProbedBackend(new CpuBackend(2));
        EngineOptions options = options().contextsDirectory(directory).build();
        ExecutorService clients = Executors.newFixedThreadPool(CLIENTS);
        try (LocretEngine engine = new LocretEngine(options, EngineLoader.load(options, backend, System::nanoTime))) {
            read(engine, "kept");
            List<Future<?>> running = new ArrayList<>();
            for (int client = 0; client < CLIENTS; client++) {
                int seed = client;
                running.add(clients.submit(() -> run(engine, new Random(seed), expected)));
            }
            for (Future<?> client : running) {
                client.get(120, TimeUnit.SECONDS);
            }
            // The cache of the last answer is given back after it was told.
            long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(60);
            while (engine.status().queue().running() > 0 && System.nanoTime() < end) {
                Thread.onSpinWait();
            }
            assertThat(engine.status().queue().running()).isZero();
            assertThat(engine.status().totals().cachedTokens()).isPositive();
        } finally {
            clients.shutdown();
            assertThat(clients.awaitTermination(60, TimeUnit.SECONDS)).isTrue();
        }
        assertThat(backend.closed).isTrue();
        assertThat(answered.get() + refused.get()).isEqualTo(CLIENTS * REQUESTS);
        assertThat(answered).hasValueGreaterThan(CLIENTS * REQUESTS / 4);
        assertThat(refused).hasPositiveValue();
        // Threads that were told to end may need a moment for it.
        for (Thread thread : threads()) {
            if (!before.contains(thread)) {
                thread.join(TimeUnit.SECONDS.toMillis(60));
                assertThat(thread.isAlive()).as(thread.getName()).isFalse();
            }
        }
    }

    private static Set<Thread> threads() {
        Set<Thread> ours = new HashSet<>(Thread.getAllStackTraces().keySet());
        ours.removeIf(thread -> !thread.getName().startsWith("locret"));
        return ours;
    }

    private void run(LocretEngine engine, Random random, List<int[]> expected) {
        for (int i = 0; i < REQUESTS; i++) {
            int which = random.nextInt(expected.size());
            try {
                switch (random.nextInt(8)) {
                    case 0 -> {
                        Generation generation = engine.submit(request(which), GenerationListener.NONE);
                        Thread.onSpinWait();
                        generation.cancel();
                        generation.await();
                    }
                    case 1 -> engine.generate(hurried(request(which)));
                    case 2 -> {
                        if (random.nextBoolean()) {
                            read(engine, "passing");
                        } else {
                            engine.contexts().remove("passing");
                        }
                    }
                    case 3 -> engine.generate(request(which).withContext("passing"));
                    default ->
                        assertThat(engine.generate(request(which)).tokens())
                                .as("request %s", which)
                                .containsExactly(expected.get(which));
                }
                answered.incrementAndGet();
            } catch (LocretException e) {
                boolean twice = e.getMessage().equals("contexts: still being read: context=passing");
                assertThat(twice || EXPECTED.contains(e.id())).as(e.toString()).isTrue();
                refused.incrementAndGet();
            }
        }
    }

    private static GenerationRequest hurried(GenerationRequest request) {
        return new GenerationRequest(
                        request.promptTokens(), 0, request.sampling(), 10, List.of(), null, Duration.ofMillis(3))
                .withContext(request.context());
    }
}
