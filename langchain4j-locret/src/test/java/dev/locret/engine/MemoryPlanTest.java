package dev.locret.engine;

import static dev.locret.engine.EngineFixtures.prompt;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.locret.backend.KvCacheType;
import dev.locret.cache.BudgetAllocation;
import dev.locret.common.ErrorId;
import dev.locret.common.LocretException;
import dev.locret.format.ModelConfig;
import dev.locret.testing.Golden;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The plan is what is allocated, all of it at load. */
class MemoryPlanTest {
    @ParameterizedTest
    @ValueSource(strings = {"llama-tiny", "llama-tied-tiny", "phi3-tiny", "qwen2-tiny", "qwen3-tiny", "mistral-tiny"})
    void plannedIsAllocatedToTheByte(String model) {
        EngineOptions.Builder options = EngineOptions.builder(Golden.of(model).directory())
                .maxSessions(3)
                .threads(1);
        ProbedBackend backend = EngineFixtures.backend();
        try (LocretEngine engine = EngineFixtures.engine(options, backend, new FakeClock())) {
            assertThat(backend.allocated).hasValue(engine.memoryPlan().loadBytes());
        }
    }

    @ParameterizedTest
    @EnumSource(BudgetAllocation.class)
    void anAllocationTakesWhatIsPlannedAndNoMoreForLongerTexts(BudgetAllocation allocation) {
        ProbedBackend backend = EngineFixtures.backend();
        EngineOptions.Builder options = EngineFixtures.withHeads().budgetAllocation(allocation);
        try (LocretEngine engine = EngineFixtures.engine(options, backend, new FakeClock())) {
            long loaded = engine.memoryPlan().loadBytes();
            assertThat(backend.allocated).hasValue(loaded);
            assertThat(engine.generate(EngineFixtures.greedy(prompt(1640, 1), 30))
                            .entriesKept())
                    .isEqualTo(64 + 4);
            assertThat(backend.allocated).hasValue(loaded);
        }
    }

    @Test
    void normsOfValuesAreCounted() {
        ProbedBackend backend = EngineFixtures.backend();
        EngineOptions.Builder options = EngineFixtures.withHeads().valueNorm(true);
        try (LocretEngine engine = EngineFixtures.engine(options, backend, new FakeClock())) {
            assertThat(engine.memoryPlan().parts())
                    .extracting(MemoryPlan.Part::name)
                    .contains("norms of values");
            assertThat(backend.allocated).hasValue(engine.memoryPlan().loadBytes());
        }
    }

    @Test
    void pooledAndPyramidalCachesTakeWhatUniformOnesDo() {
        long uniform = cacheBytes(BudgetAllocation.UNIFORM);
        // A head begins at a multiple of the kernels' width, at most 64 entries: one more for each head.
        ModelConfig config = config();
        long slack = config.layers() * config.kvHeads() * 64 * 4L * (2L * config.headDim() + 2 + 64);
        assertThat(cacheBytes(BudgetAllocation.POOLED)).isBetween(uniform, uniform + slack);
        assertThat(cacheBytes(BudgetAllocation.PYRAMID)).isBetween(uniform - slack, uniform + slack);
    }

    /** Of 64 entries at a time: 32 dimensions take 4, 2, 36/32 and 20/32 bytes each, score and position 8 for all. */
    @ParameterizedTest
    @CsvSource({"F32, 264", "F16, 136", "Q8_0, 80", "Q4_0, 48"})
    void anEntryTakesWhatItsTypeSays(KvCacheType type, long bytes) {
        int heads = 2 * 2;
        EngineOptions.Builder options = EngineOptions.builder(
                        Golden.of("qwen3-tiny").directory())
                .policy("keydiff")
                .cacheBudget(192)
                .chunkSize(16)
                .stabilizers(8)
                .localTokens(4)
                .reserve(60)
                .kvCacheType(type);
        assertThat(cacheBytes(options)).isEqualTo((192L + 64) * heads * bytes);
    }

    private static long cacheBytes(BudgetAllocation allocation) {
        return cacheBytes(EngineFixtures.options().cacheBudget(1024).budgetAllocation(allocation));
    }

    private static long cacheBytes(EngineOptions.Builder options) {
        return LocretEngine.plan(options.build()).parts().stream()
                .filter(part -> part.name().equals("cache of 1 session"))
                .mapToLong(MemoryPlan.Part::bytes)
                .sum();
    }

    @Test
    void thePrefixCacheTakesWhatWasAskedForElseAQuarterOfTheRest() {
        // Six times the budget of 64 entries of every KV head: key, value, score and position.
        ModelConfig config = config();
        long entry = 4L * (2L * config.headDim() + 2);
        assertThat(prefixCache(EngineFixtures.options(), -1))
                .isEqualTo(6 * 64 * entry * config.layers() * config.kvHeads());
        assertThat(prefixCache(EngineFixtures.options().prefixCacheBytes(12345), -1))
                .isEqualTo(12345);
        assertThat(prefixCache(EngineFixtures.options().prefixCacheBytes(0), -1))
                .isZero();
        long rest = MemoryPlanTest.planned(EngineFixtures.options().prefixCacheBytes(0));
        assertThat(prefixCache(EngineFixtures.options(), rest + 800_000)).isEqualTo(200_000);
        assertThat(prefixCache(EngineFixtures.options(), rest + 4000)).isZero();
    }

    private static ModelConfig config() {
        try (LocretEngine engine =
                EngineFixtures.engine(EngineFixtures.options(), EngineFixtures.backend(), new FakeClock())) {
            return engine.config();
        }
    }

    private static long planned(EngineOptions.Builder options) {
        try (LocretEngine engine = EngineFixtures.engine(options, EngineFixtures.backend(), new FakeClock())) {
            return engine.memoryPlan().totalBytes();
        }
    }

    private static long prefixCache(EngineOptions.Builder options, long available) {
        ProbedBackend backend = EngineFixtures.backend();
        backend.available = available;
        try (LocretEngine engine = EngineFixtures.engine(options, backend, new FakeClock())) {
            return engine.memoryPlan().prefixCacheBytes();
        }
    }

    @Test
    void retainingHeadsAreCounted() {
        ProbedBackend backend = EngineFixtures.backend();
        try (LocretEngine engine = EngineFixtures.engine(EngineFixtures.withHeads(), backend, new FakeClock())) {
            assertThat(backend.allocated).hasValue(engine.memoryPlan().loadBytes());
            assertThat(engine.memoryPlan().parts())
                    .extracting(MemoryPlan.Part::name)
                    .containsExactly(
                            "weights",
                            "retaining heads",
                            "rotary table",
                            "cache of 1 session",
                            "activations and scratch",
                            "logits",
                            "prefix cache");
        }
    }

    @Test
    void aTextOfAnyLengthTakesNoMore() {
        ProbedBackend backend = EngineFixtures.backend();
        try (LocretEngine engine = EngineFixtures.engine(EngineFixtures.withHeads(), backend, new FakeClock())) {
            long loaded = backend.allocated.get();
            GenerationResult short10 = engine.generate(EngineFixtures.greedy(prompt(640, 1), 8));
            GenerationResult long100 = engine.generate(EngineFixtures.greedy(prompt(6400, 1), 8));
            assertThat(backend.allocated).hasValue(loaded);
            assertThat(long100.promptTokens()).isEqualTo(6400);
            assertThat(long100.entriesKept()).isEqualTo(short10.entriesKept());
            assertThat(long100.cacheBytes()).isEqualTo(short10.cacheBytes());
        }
    }

    @Test
    void planningLoadsNothingAndSaysTheSame() {
        EngineOptions options = EngineFixtures.withHeads().build();
        try (LocretEngine engine = LocretEngine.load(options)) {
            assertThat(LocretEngine.plan(options).parts())
                    .isEqualTo(engine.memoryPlan().parts());
        }
    }

    @Test
    void tooMuchSaysWhatWouldFit() {
        EngineOptions.Builder options =
                EngineFixtures.options().cacheBudget(1000).maxSessions(4);
        ProbedBackend backend = EngineFixtures.backend();
        backend.available = 8 << 20;
        String message = failure(options, backend);
        assertThat(message)
                .matches(
                        "memory: needed=\\d+ MiB, available=8 MiB of \\d+ MiB \\(weights 1 MiB, rotary table 1 MiB, caches of 4"
                                + " sessions \\d+ MiB, activations and scratch \\d+ MiB, logits 1 MiB\\);"
                                + " max-sessions=\\d fits, or cache-budget=\\d+ fits");

        int sessions = Integer.parseInt(message.replaceFirst(".*max-sessions=(\\d).*", "$1"));
        int budget = Integer.parseInt(message.replaceFirst(".*cache-budget=(\\d+).*", "$1"));
        load(EngineFixtures.options().cacheBudget(1000).maxSessions(sessions));
        load(EngineFixtures.options().cacheBudget(budget).maxSessions(4));
        ProbedBackend again = EngineFixtures.backend();
        again.available = 8 << 20;
        failure(EngineFixtures.options().cacheBudget(budget + 17).maxSessions(4), again);
    }

    @ParameterizedTest
    @CsvSource({"99, true", "90, false"})
    void aPlanThatNearlyFillsTheMemoryWarns(int percent, boolean warns) {
        // The prefix cache takes less where less is left, so it is switched off.
        EngineOptions.Builder options = EngineFixtures.options().prefixCacheBytes(0);
        long needed = LocretEngine.plan(options.build()).totalBytes();
        ProbedBackend backend = EngineFixtures.backend();
        backend.available = needed * 100 / percent;
        PrintStream before = System.err;
        ByteArrayOutputStream log = new ByteArrayOutputStream();
        System.setErr(new PrintStream(log, true, StandardCharsets.UTF_8));
        try {
            EngineFixtures.engine(options, backend, new FakeClock()).close();
        } finally {
            System.setErr(before);
        }
        assertThat(log.toString(StandardCharsets.UTF_8)
                        .contains("Memory is nearly full and reading may be slow: needed="))
                .isEqualTo(warns);
    }

    @Test
    void tooMuchForTheHeapSaysHowToGetMore() {
        EngineOptions options =
                EngineFixtures.options().cacheBudget(4000).maxSessions(4096).build();
        assertThatThrownBy(() -> LocretEngine.load(options))
                .isInstanceOfSatisfying(
                        LocretException.class, e -> assertThat(e.id()).isEqualTo(ErrorId.NOT_ENOUGH_MEMORY))
                .hasMessageMatching("memory: needed=.* max-sessions=\\d+ fits, .*start Java with -Xmx\\d+m");
    }

    private static void load(EngineOptions.Builder options) {
        ProbedBackend backend = EngineFixtures.backend();
        backend.available = 8 << 20;
        EngineFixtures.engine(options, backend, new FakeClock()).close();
        assertThat(backend.closed).isTrue();
    }

    private static String failure(EngineOptions.Builder options, ProbedBackend backend) {
        try {
            EngineFixtures.engine(options, backend, new FakeClock()).close();
        } catch (LocretException e) {
            assertThat(e.id()).isEqualTo(ErrorId.NOT_ENOUGH_MEMORY);
            return e.getMessage();
        }
        throw new AssertionError("it fits");
    }
}
