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
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.LongAdder;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Many clients with shared prompts, contexts, cancels, timeouts, a context that comes and goes, and engines that are
 * closed under them: no wrong answer, no deadlock, and nothing is left behind. {@link SoakSettings} say for how long.
 */
class EngineStressTest {
    private static final int REQUESTS = 24;
    private static final int DEADLOCK_SECONDS = 120;
    /** What may happen to a client of this test; {@code CLOSED} only where the engine is closed under it. */
    private static final Set<ErrorId> EXPECTED =
            EnumSet.of(ErrorId.CANCELLED, ErrorId.TIMEOUT, ErrorId.QUEUE_FULL, ErrorId.UNKNOWN_CONTEXT);

    @TempDir
    private Path directory;

    private final SoakSettings settings = SoakSettings.ofSystemProperties();
    private final List<int[]> expected = new ArrayList<>();
    private final AtomicInteger compared = new AtomicInteger();
    private final Map<ErrorId, LongAdder> refused = new EnumMap<>(ErrorId.class);

    private static GenerationRequest request(int i) {
        SamplingParameters sampling = new SamplingParameters(0.8, 40, 0.95, 0.01, 1.1, 0.1, 0.1, (long) i);
        int[] document = prompt(150, i % 3);
        int[] prompt = i % 4 == 0 ? prompt(3 + i, i) : Arrays.copyOf(document, 30 + 4 * i);
        GenerationRequest request = EngineFixtures.request(prompt, sampling, 10, null);
        return i % 4 == 0 ? request.withContext("kept") : request;
    }

    private EngineOptions.Builder options() {
        // Room for a dozen copies: some are pushed out all the time. And some clients always find the queue full.
        return EngineFixtures.withHeads()
                .maxSessions(6)
                .queueCapacity(settings.clients() * 3 / 4)
                .tokenGapMillis(1)
                .prefixCacheBytes(1_500_000);
    }

    private static ContextInfo read(LocretEngine engine, String name) {
        return engine.contexts()
                .read(new ContextRequest(name, prompt(120, name.hashCode())), GenerationListener.NONE)
                .await();
    }

    @Test
    void everyAnswerIsTheOneThatItWouldBeAloneAndNothingIsLeftBehind() throws Exception {
        for (ErrorId id : ErrorId.values()) {
            refused.put(id, new LongAdder());
        }
        try (LocretEngine alone = LocretEngine.load(options().maxSessions(1).build())) {
            read(alone, "kept");
            for (int i = 0; i < REQUESTS; i++) {
                expected.add(alone.generate(request(i)).tokens());
            }
        }
        Set<Thread> threads = ProcessResources.threads();
        ProcessResources warm = null;
        for (int round = 0; round < settings.rounds(); round++) {
            round(new Random(round), round % 2 == 1);
            ProcessResources.assertNoThreadsBut(threads);
            ProcessResources now = ProcessResources.now();
            Map<ErrorId, LongAdder> happened = new EnumMap<>(refused);
            happened.values().removeIf(count -> count.sum() == 0);
            System.out.printf("round %d: compared=%s, refused=%s, %s%n", round, compared, happened, now);
            if (round == 1) {
                warm = now;
            } else if (round > 1) {
                now.assertNoMoreThan(warm);
            }
        }
        assertThat(compared).hasValueGreaterThan(settings.clients());
        for (ErrorId id : EXPECTED) {
            assertThat(refused.get(id).sum()).as(id.toString()).isPositive();
        }
        assertThat(refused.get(ErrorId.CLOSED).sum()).isPositive();
    }

    /** One engine from loading to closing. */
    private void round(Random random, boolean closeUnderLoad) throws Exception {
        ProbedBackend backend = new ProbedBackend(new CpuBackend(2));
        EngineOptions options = options().contextsDirectory(directory).build();
        ExecutorService clients = Executors.newFixedThreadPool(settings.clients());
        long end = System.nanoTime() + settings.round().toNanos();
        try (LocretEngine engine = new LocretEngine(options, EngineLoader.load(options, backend, System::nanoTime))) {
            read(engine, "kept");
            long allocated = backend.allocated.get();
            List<Future<?>> running = new ArrayList<>();
            for (int client = 0; client < settings.clients(); client++) {
                Random own = new Random(random.nextLong());
                running.add(clients.submit(() -> ask(engine, own, closeUnderLoad, end)));
            }
            if (closeUnderLoad) {
                while (System.nanoTime() < end) {
                    LockSupport.parkNanos(end - System.nanoTime());
                }
                engine.close();
            }
            for (Future<?> client : running) {
                client.get(settings.round().toSeconds() + DEADLOCK_SECONDS, TimeUnit.SECONDS);
            }
            assertThat(backend.allocated).as("memory is planned at load").hasValue(allocated);
            if (!closeUnderLoad) {
                awaitIdle(engine);
                assertThat(engine.status().totals().cachedTokens()).isPositive();
            }
        } finally {
            clients.shutdown();
            assertThat(clients.awaitTermination(60, TimeUnit.SECONDS)).isTrue();
        }
        assertThat(backend.closed).isTrue();
    }

    /** The cache of the last answer is given back after it was told. */
    private static void awaitIdle(LocretEngine engine) {
        long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(60);
        while (engine.status().queue().running() > 0 && System.nanoTime() < end) {
            Thread.onSpinWait();
        }
        assertThat(engine.status().queue().running()).isZero();
        assertThat(engine.status().queue().waiting()).isZero();
    }

    /** Asks until the round ends, or in some rounds until the engine is closed. */
    private void ask(LocretEngine engine, Random random, boolean mayClose, long end) {
        do {
            try {
                askOnce(engine, random);
            } catch (LocretException e) {
                boolean twice = e.getMessage().equals("contexts: still being read: context=passing");
                boolean closed = mayClose && e.id() == ErrorId.CLOSED;
                assertThat(twice || closed || EXPECTED.contains(e.id()))
                        .as(e.toString())
                        .isTrue();
                refused.get(e.id()).increment();
                if (closed) {
                    return;
                }
                // As a client would that finds the queue full.
                LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(1 + random.nextInt(20)));
            }
        } while (mayClose || System.nanoTime() < end);
    }

    private void askOnce(LocretEngine engine, Random random) {
        int which = random.nextInt(expected.size());
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
            default -> {
                assertThat(engine.generate(request(which)).tokens())
                        .as("request %s", which)
                        .containsExactly(expected.get(which));
                compared.incrementAndGet();
            }
        }
    }

    private static GenerationRequest hurried(GenerationRequest request) {
        return new GenerationRequest(
                        request.promptTokens(), 0, request.sampling(), 10, List.of(), null, Duration.ofMillis(3))
                .withContext(request.context());
    }
}
