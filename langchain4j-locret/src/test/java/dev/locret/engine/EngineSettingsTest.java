package dev.locret.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.locret.backend.AttentionSpec.PositionMode;
import dev.locret.backend.Backend;
import dev.locret.backend.cpu.CpuBackend;
import dev.locret.cache.BudgetAllocation;
import dev.locret.cache.CachePlan;
import dev.locret.cache.KvCache;
import dev.locret.common.ErrorId;
import dev.locret.common.LocretException;
import dev.locret.eviction.HeadKind;
import dev.locret.format.ModelConfig;
import dev.locret.format.ModelFiles;
import dev.locret.model.RotaryEmbedding.Factors;
import dev.locret.testing.Records;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Defaults, and what is refused; the window of the tiny model is 4096. */
class EngineSettingsTest {
    private static final int TEMPLATE_TOKENS = 28;

    @Test
    void defaultsFollowTheWindow() {
        EngineSettings settings = resolve(plain(), 4096, 0, false);
        assertThat(settings.plan()).isEqualTo(CachePlan.of(512, 512, 64, 100, 512));
        assertThat(settings.policy()).isEqualTo("auto");
        assertThat(settings.maxSessions()).isEqualTo(1);
        assertThat(settings.queueCapacity()).isEqualTo(64);
        assertThat(settings.ropeFactors()).isEqualTo(Factors.LONG);
        assertThat(resolve(plain(), 1 << 20, 0, false).plan().budget()).isEqualTo(16384);
        assertThat(resolve(plain(), 512, 0, false).plan()).isEqualTo(CachePlan.of(64, 128, 8, 64, 128));
    }

    @Test
    void withoutEvictionTheCacheHoldsTheWindow() {
        EngineSettings settings = resolve(plain().policy("none"), 4096, 0, false);
        assertThat(settings.plan().capacity()).isEqualTo(4096);
        assertThat(settings.ropeFactors()).isEqualTo(Factors.AUTO);
    }

    @Test
    void aSlidingWindowBoundsTheCache() {
        assertThat(resolve(plain().policy("none"), 4096, 2048, false).plan().capacity())
                .isEqualTo(2048);
    }

    @Test
    void moreEntriesThanTheWindowAreRefusedWithWhatFits() {
        assertThatThrownBy(() -> resolve(plain().cacheBudget(4000), 4096, 0, false))
                .hasMessage("cache has more positions than the model's window: cache-budget=4000 and 612 beside it,"
                        + " window=4096; cache-budget=3484 fits");
        assertThat(resolve(plain().cacheBudget(3484), 4096, 0, false).plan().capacity())
                .isEqualTo(4096);
        assertThatThrownBy(() -> resolve(plain().chunkSize(5000), 4096, 0, false))
                .hasMessage("cache has more positions than the model's window: cache-budget=512 and 5000 beside it,"
                        + " window=4096; take a smaller chunk-size=5000 or reserve=512");
        assertThat(resolve(plain().cacheBudget(4000).positions(PositionMode.ORIGINAL), 4096, 0, false)
                        .plan()
                        .capacity())
                .isEqualTo(4612);
    }

    @ParameterizedTest
    @CsvSource({"UNIFORM, 3484", "POOLED, 1742", "PYRAMID, 2323"})
    void noHeadKeepsMoreThanTheWindow(BudgetAllocation allocation, int fits) {
        assertThatThrownBy(() -> resolve(
                        plain().cacheBudget(fits + 1).stabilizers(9).budgetAllocation(allocation), 4096, 0, false))
                .hasMessageEndingWith("window=4096; cache-budget=" + fits + " fits");
        assertThat(resolve(plain().cacheBudget(fits).stabilizers(9).budgetAllocation(allocation), 4096, 0, false)
                        .plan()
                        .longest())
                .isBetween(4095, 4096);
    }

    @Test
    void aBudgetInBytesIsTheLargestThatFits() {
        try (Backend backend = new CpuBackend(1)) {
            // What an entry takes depends on the width of the kernels, so the size asked for is made of it.
            long asked = 2 * KvCache.bytes(backend, tiny(), 1000) + 1;
            int capacity = resolve(plain().cacheBudget(asked + "B").maxSessions(2), 4096, 0, false)
                    .plan()
                    .capacity();
            assertThat(capacity).isGreaterThanOrEqualTo(1000);
            assertThat(2 * KvCache.bytes(backend, tiny(), capacity)).isLessThanOrEqualTo(asked);
            assertThat(2 * KvCache.bytes(backend, tiny(), capacity + 1)).isGreaterThan(asked);
        }
        assertThat(resolve(plain().cacheBudget("64MiB"), 4096, 0, false).plan().capacity())
                .isGreaterThan(1000);
        assertThatThrownBy(() -> resolve(plain().cacheBudget("1kB"), 4096, 0, false))
                .hasMessageStartingWith(
                        "cache-bytes holds no entry beside chunk and reserve: cache-bytes=1000, needed=");
        assertThatThrownBy(() -> resolve(plain().cacheBudget(7).cacheBytes(9), 4096, 0, false))
                .hasMessage("cache-budget is given twice: cache-budget=7, cache-bytes=9");
        assertThat(resolve(plain().cacheBudget("1TB".replace("T", "000G")), 4096, 0, false)
                        .plan()
                        .capacity())
                .isEqualTo(4096);
    }

    @ParameterizedTest
    @CsvSource({"1024, 1024, 0", "2GB, 0, 2000000000", "512MiB, 0, 536870912", "1.5 gib, 0, 1610612736", "100b, 0, 100"
    })
    void sizesAreRead(String text, int entries, long bytes) {
        assertThat(CacheSize.parse(text)).isEqualTo(new CacheSize(entries, bytes));
    }

    @ParameterizedTest
    @CsvSource({"2G", "-5", "0", "0MB", "1.5", "99999999999", "999999999999GB", "x", "''"})
    void otherSizesAreRefused(String text) {
        assertThatThrownBy(() -> CacheSize.parse(text))
                .hasMessage("cache-budget is neither a number of entries nor a size: cache-budget=" + text
                        + ", allowed=for example 1024, 512MiB, 2GB");
    }

    @Test
    void contradictionsNameBothValues() {
        assertRefused(
                plain().cacheBudget(50).stabilizers(50),
                "cache-budget must exceed stabilizers: cache-budget=50, stabilizers=50");
        assertRefused(
                plain().cacheBudget(50).stabilizers(20).pinnedTokens(30),
                "cache-budget must exceed stabilizers and pinned-tokens: cache-budget=50, stabilizers=20,"
                        + " pinned-tokens=30");
        assertRefused(plain().cacheBudget(-1), "cache-budget out of range: cache-budget=-1, allowed=1..16777216");
        assertRefused(plain().chunkSize(-1), "chunk-size out of range: chunk-size=-1, allowed=1..16777216");
        assertRefused(plain().localTokens(-1), "local-tokens out of range: local-tokens=-1, allowed=1..16777216");
        assertRefused(plain().reserve(-1), "reserve out of range: reserve=-1, allowed=1..16777216");
        assertRefused(plain().stabilizers(-2), "stabilizers out of range: stabilizers=-2, allowed=0..16777216");
        assertRefused(plain().pinnedTokens(-2), "pinned-tokens out of range: pinned-tokens=-2, allowed=0..16777216");
        assertRefused(
                plain().cacheBudget(50).stabilizers(30).budgetAllocation(BudgetAllocation.PYRAMID),
                "cache-budget must exceed stabilizers: cache-budget=50, in the last layer 25, stabilizers=30");
        assertThatThrownBy(() -> plain().budgetAllocation("even"))
                .hasMessage("unknown budget-allocation: budget-allocation=even, allowed=uniform, pooled, pyramid");
        assertRefused(
                plain().recentShare(1), "recent-share out of range: recent-share=1.0, allowed=0 up to, but not, 1");
        assertRefused(
                plain().recentShare(-0.1), "recent-share out of range: recent-share=-0.1, allowed=0 up to, but not, 1");
        assertRefused(
                plain().cacheBudget(50).stabilizers(5).recentShare(0.5).pinnedTokens(25),
                "cache-budget must exceed recent-share's entries and pinned-tokens: cache-budget=50,"
                        + " recent-share's entries=25, pinned-tokens=25");
        assertRefused(plain().scorePooling(4), "score-pooling must be odd: score-pooling=4");
        assertRefused(plain().maxSessions(-1), "max-sessions out of range: max-sessions=-1, allowed=1..4096");
        assertRefused(plain().queueCapacity(-1), "queue-capacity out of range: queue-capacity=-1, allowed=1..16777216");
    }

    @Test
    void unknownDevicesAreRefused() {
        assertThatThrownBy(() ->
                        LocretEngine.load(EngineFixtures.options().device("tpu").build()))
                .isInstanceOfSatisfying(
                        LocretException.class, e -> assertThat(e.id()).isEqualTo(ErrorId.DEVICE_UNAVAILABLE))
                .hasMessage("unknown device: device=tpu, allowed=auto, cpu, cuda, cuda:N");
    }

    private static void assertRefused(EngineOptions.Builder options, String message) {
        assertThatThrownBy(() -> resolve(options, 4096, 0, false))
                .isInstanceOfSatisfying(
                        LocretException.class, e -> assertThat(e.id()).isEqualTo(ErrorId.INVALID_ARGUMENT))
                .hasMessage(message);
    }

    private static EngineOptions.Builder plain() {
        return EngineOptions.builder(EngineFixtures.tiny());
    }

    private static ModelConfig tiny() {
        try (ModelFiles files = ModelFiles.open(EngineFixtures.tiny())) {
            return files.weights().config();
        }
    }

    @Test
    void whatTheTemplateWritesIsPinnedAsFarAsThereIsRoom() {
        EngineOptions.Builder options = plain().pinnedTokens(EngineOptions.PINNED_BY_TEMPLATE);

        EngineSettings settings = resolve(options.cacheBudget(512), 8192, 0, true);
        assertThat(settings.plan().pinnedTokens()).isEqualTo(TEMPLATE_TOKENS);
        // A request of a small budget: a quarter of it.
        assertThat(settings.plan(64).pinnedTokens()).isEqualTo(16);
        assertThat(settings.plan(0).pinnedTokens()).isEqualTo(TEMPLATE_TOKENS);
        // The recent share comes first.
        assertThat(resolve(options.cacheBudget(100).recentShare(0.9), 8192, 0, true)
                        .plan()
                        .pinnedTokens())
                .isEqualTo(9);
        assertThat(resolve(plain().cacheBudget(512), 8192, 0, true).plan().pinnedTokens())
                .isZero();
        assertThat(resolve(plain().cacheBudget(512).pinnedTokens(3), 8192, 0, true)
                        .plan(64)
                        .pinnedTokens())
                .isEqualTo(3);
    }

    private static EngineSettings resolve(EngineOptions.Builder options, int window, int sliding, boolean heads) {
        ModelConfig config = Records.with(Records.with(tiny(), "contextLength", window), "slidingWindow", sliding);
        try (Backend backend = new CpuBackend(1)) {
            return EngineSettings.resolve(
                    options.build(), config, heads ? HeadKind.LOCRET : null, backend, TEMPLATE_TOKENS);
        }
    }
}
