package dev.locret.engine;

import static dev.locret.engine.EngineFixtures.prompt;
import static org.assertj.core.api.Assertions.assertThat;

import dev.locret.common.ErrorId;
import dev.locret.generate.SamplingParameters;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** A request with a budget of its own is answered as by an engine that was loaded with it. */
class RequestBudgetTest {
    private static final int[] BUDGETS = {64, 9, 63, 32, 48, 20};

    @TempDir
    private Path directory;

    private static LocretEngine engine(EngineOptions.Builder options) {
        return EngineFixtures.engine(options, EngineFixtures.backend(), new FakeClock());
    }

    private static GenerationRequest drawn(int[] prompt, String policy) {
        SamplingParameters sampling = new SamplingParameters(0.8, 40, 0.95, 0.01, 1.1, 0.1, 0.1, 7L);
        // Longer than the reserve, so that answers evict as well.
        return EngineFixtures.request(prompt, sampling, 30, policy);
    }

    private static ContextInfo read(LocretEngine engine, String name, int budget) {
        return engine.contexts()
                .read(new ContextRequest(name, prompt(200, 1), null, budget, null, 0), GenerationListener.NONE)
                .await();
    }

    private static void assertSame(GenerationResult actual, GenerationResult expected) {
        assertThat(actual.tokens()).containsExactly(expected.tokens());
        assertThat(actual.finish()).isEqualTo(expected.finish());
        assertThat(actual.policy()).isEqualTo(expected.policy());
        assertThat(actual.entriesKept()).isEqualTo(expected.entriesKept());
        assertThat(actual.entriesEvicted()).isEqualTo(expected.entriesEvicted());
    }

    @ParameterizedTest
    @ValueSource(strings = {"locret", "keydiff", "streaming-llm", "none"})
    void theAnswerIsThatOfAnEngineWithThisBudget(String policy) {
        int[] prompt = prompt(policy.equals("none") ? 24 : 150, 1);
        try (LocretEngine engine = engine(EngineFixtures.withHeads())) {
            for (int budget : BUDGETS) {
                try (LocretEngine planned = engine(EngineFixtures.withHeads().cacheBudget(budget))) {
                    GenerationResult expected = planned.generate(drawn(prompt, policy));
                    GenerationRequest request = drawn(prompt, policy).withCacheBudget(budget);
                    assertSame(engine.generate(request), expected);
                    GenerationResult again = engine.generate(request);
                    assertSame(again, expected);
                    assertThat(again.cachedTokens()).isEqualTo(policy.equals("none") ? 16 : 144);
                }
            }
        }
    }

    @ParameterizedTest
    @CsvSource({"pooled, locret", "pyramid, locret", "pooled, keydiff", "pyramid, keydiff"})
    void howHeadsShareTheBudgetStaysTheEngines(String allocation, String policy) {
        EngineOptions.Builder options =
                EngineFixtures.withHeads().budgetAllocation(allocation).recentShare(0.1);
        int[] prompt = prompt(150, 1);
        try (LocretEngine engine = engine(options.cacheBudget(64))) {
            for (int budget : new int[] {63, 32, 21}) {
                try (LocretEngine planned = engine(options.cacheBudget(budget))) {
                    assertSame(
                            engine.generate(drawn(prompt, policy).withCacheBudget(budget)),
                            planned.generate(drawn(prompt, policy)));
                }
            }
        }
    }

    @Test
    void whatFollowsFromTheBudgetFollowsFromTheRequests() {
        // Stabilizers that nobody set, and where policy auto goes over to KeyDiff.
        EngineOptions.Builder options = EngineFixtures.options().stabilizers(-1);
        int[] prompt = prompt(40, 1);
        try (LocretEngine engine = engine(options.cacheBudget(64))) {
            for (int budget : BUDGETS) {
                try (LocretEngine planned = engine(options.cacheBudget(budget))) {
                    assertSame(
                            engine.generate(drawn(prompt, null).withCacheBudget(budget)),
                            planned.generate(drawn(prompt, null)));
                }
            }
        }
    }

    @Test
    void requestsOfDifferentBudgetsDoNotDisturbEachOther() {
        try (LocretEngine engine =
                engine(EngineFixtures.withHeads().maxSessions(6).prefixCacheBytes(0))) {
            List<GenerationRequest> requests = new ArrayList<>();
            List<GenerationResult> alone = new ArrayList<>();
            for (int budget : BUDGETS) {
                requests.add(drawn(prompt(150, 1), null).withCacheBudget(budget));
                alone.add(engine.generate(requests.get(requests.size() - 1)));
            }
            List<Generation> together = requests.stream()
                    .map(request -> engine.submit(request, GenerationListener.NONE))
                    .toList();
            for (int i = 0; i < BUDGETS.length; i++) {
                assertSame(together.get(i).await(), alone.get(i));
            }
        }
    }

    @Test
    void aContextIsAskedWithTheBudgetThatItWasReadWith() {
        EngineOptions.Builder options = EngineFixtures.withHeads().contextsDirectory(directory);
        GenerationRequest question = EngineFixtures.greedy(prompt(3, 9), 12).withContext("d");
        GenerationResult before;
        try (LocretEngine engine = engine(options)) {
            ContextInfo info = read(engine, "d", 32);
            assertThat(info.cacheBudget()).isEqualTo(32);
            assertThat(info.entriesKept()).isEqualTo(32);
            before = engine.generate(question);
            assertThat(before.entriesKept()).isEqualTo(35);
            assertSame(engine.generate(question.withCacheBudget(32)), before);
        }
        try (LocretEngine engine = engine(options)) {
            assertThat(engine.contexts().list())
                    .extracting(ContextInfo::cacheBudget)
                    .containsExactly(32);
            assertSame(engine.generate(question), before);
            ContextsTest.assertFails(
                    () -> engine.generate(question.withCacheBudget(64)),
                    ErrorId.INVALID_ARGUMENT,
                    "context 'd' was read with another budget: cache-budget=64, context=32");
            // The same text with another budget is read again.
            assertThat(read(engine, "d", 0).cacheBudget()).isEqualTo(64);
            assertThat(engine.generate(question.withCacheBudget(64)).entriesKept())
                    .isEqualTo(67);
        }
    }

    @Test
    void aBudgetThatDoesNotFitIsRefused() {
        try (LocretEngine engine = engine(EngineFixtures.withHeads())) {
            GenerationRequest request = drawn(prompt(150, 1), null);
            ContextsTest.assertFails(
                    () -> engine.submit(request.withCacheBudget(65), GenerationListener.NONE),
                    ErrorId.INVALID_ARGUMENT,
                    "cache-budget out of range: cache-budget=65, allowed=1..64");
            ContextsTest.assertFails(
                    () -> engine.submit(request.withCacheBudget(-1), GenerationListener.NONE),
                    ErrorId.INVALID_ARGUMENT,
                    "cache-budget out of range: cache-budget=-1, allowed=1..64");
            ContextsTest.assertFails(
                    () -> engine.submit(request.withCacheBudget(8), GenerationListener.NONE),
                    ErrorId.INVALID_ARGUMENT,
                    "cache-budget must exceed stabilizers: cache-budget=8, stabilizers=8");
            ContextsTest.assertFails(
                    () -> read(engine, "d", 65),
                    ErrorId.INVALID_ARGUMENT,
                    "cache-budget out of range: cache-budget=65, allowed=1..64");
        }
    }
}
