package dev.locret.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.locret.backend.KvCacheType;
import dev.locret.common.LocretException;
import dev.locret.generate.SamplingParameters;
import dev.locret.testing.DemoEngine;
import dev.locret.testing.DemoModel;
import dev.locret.testing.Golden;
import dev.locret.text.PromptSpan;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/** Caches of every type from the options to answers, copies and files; quality on a real model. */
class KvCacheTypeTest {
    @TempDir
    private Path directory;

    /** A model whose heads fill blocks of 32. */
    private static EngineOptions.Builder options(KvCacheType type) {
        return EngineOptions.builder(Golden.of("qwen3-tiny").directory())
                .threads(1)
                .policy("keydiff")
                .cacheBudget(64)
                .chunkSize(16)
                .stabilizers(8)
                .localTokens(4)
                .reserve(12)
                .kvCacheType(type);
    }

    private static LocretEngine engine(EngineOptions.Builder options) {
        return EngineFixtures.engine(options, EngineFixtures.backend(), new FakeClock());
    }

    /** Token ids of that model's vocabulary, which is smaller than the others'. */
    private static int[] prompt(int tokens, long seed) {
        return new Random(seed).ints(tokens, 3, 384).toArray();
    }

    private static GenerationRequest greedy(int tokens, long seed) {
        return EngineFixtures.greedy(prompt(tokens, seed), 20);
    }

    @ParameterizedTest
    @EnumSource(KvCacheType.class)
    void plannedIsAllocatedToTheByte(KvCacheType type) {
        ProbedBackend backend = EngineFixtures.backend();
        try (LocretEngine engine = EngineFixtures.engine(options(type).maxSessions(2), backend, new FakeClock())) {
            MemoryPlan plan = engine.memoryPlan();
            assertThat(backend.allocated).hasValue(plan.totalBytes() - plan.prefixCacheBytes());
        }
    }

    @ParameterizedTest
    @EnumSource(KvCacheType.class)
    void whatWasReadBeforeGivesTheSameAnswer(KvCacheType type) {
        try (LocretEngine reusing = engine(options(type).prefixCacheBytes(4 << 20));
                LocretEngine reading = engine(options(type).prefixCacheBytes(0))) {
            int[] expected = reading.generate(greedy(400, 1)).tokens();
            assertThat(reusing.generate(greedy(400, 1)).tokens()).containsExactly(expected);
            GenerationResult again = reusing.generate(greedy(400, 1));
            assertThat(again.cachedTokens()).isEqualTo(384);
            assertThat(again.tokens()).containsExactly(expected);
        }
    }

    @ParameterizedTest
    @EnumSource(KvCacheType.class)
    void aContextAnswersAfterARestartAsBeforeAndBelongsToItsType(KvCacheType type) {
        GenerationRequest question = greedy(3, 9).withContext("d");
        GenerationResult before;
        ContextInfo info;
        try (LocretEngine engine = engine(options(type).contextsDirectory(directory))) {
            info = engine.contexts()
                    .read(new ContextRequest("d", prompt(333, 1)), GenerationListener.NONE)
                    .await();
            before = engine.generate(question);
        }
        try (LocretEngine engine = engine(options(type).contextsDirectory(directory))) {
            assertThat(engine.contexts().list())
                    .extracting(ContextInfo::entriesKept)
                    .containsExactly(info.entriesKept());
            GenerationResult after = engine.generate(question);
            assertThat(after.cachedTokens()).isEqualTo(333);
            assertThat(after.tokens()).containsExactly(before.tokens());
        }
        KvCacheType other = type == KvCacheType.Q8_0 ? KvCacheType.F32 : KvCacheType.Q8_0;
        try (LocretEngine engine = engine(options(other).contextsDirectory(directory))) {
            assertThatThrownBy(() -> engine.generate(question))
                    .isInstanceOf(LocretException.class)
                    .hasMessageStartingWith("contexts: file does not belong to this engine: kv-cache-type=" + type
                            + ", expected=" + other + ": ");
        }
    }

    @Test
    void headsThatDoNotFillBlocksAreRefusedAtLoad() {
        EngineOptions options = EngineFixtures.options().kvCacheType("q8_0").build();
        assertThatThrownBy(() -> LocretEngine.load(options))
                .isInstanceOf(LocretException.class)
                .hasMessage("kv-cache-type=q8_0 needs a head dimension that is a multiple of 32: head-dim=8");
    }

    /**
     * A licence's text of three times the budget and what follows in it: the mean of log probabilities moves by no more
     * than the type's bound. Measured were 0.0005, 0.0014 and 0.081.
     */
    @ParameterizedTest
    @CsvSource({"F16, 0.002", "Q8_0, 0.01", "Q4_0, 0.15"})
    void aRealModelReadsOnAsWithFloats(KvCacheType type, double bound) throws IOException {
        double floats = meanOfContinuation(KvCacheType.F32);
        double packed = meanOfContinuation(type);
        assertThat(packed - floats).isBetween(-bound, bound);
    }

    private static LocretEngine realModel(KvCacheType type) {
        return LocretEngine.load(EngineOptions.builder(DemoModel.path())
                .headsPath(DemoEngine.heads())
                .threads(1)
                .cacheBudget(256)
                .chunkSize(128)
                .localTokens(32)
                .kvCacheType(type)
                .build());
    }

    private static double meanOfContinuation(KvCacheType type) throws IOException {
        try (LocretEngine engine = realModel(type)) {
            int[] text = engine.tokenizer().encode(Files.readString(Path.of("..", "LICENSE")), false);
            int[] rest = Arrays.copyOfRange(text, 768, 864);
            return Arrays.stream(engine.score(EngineFixtures.greedy(Arrays.copyOf(text, 768), 1), rest)
                            .logProbabilities())
                    .average()
                    .orElseThrow();
        }
    }

    @ParameterizedTest
    @EnumSource(KvCacheType.class)
    void aRealModelAnswersInEveryType(KvCacheType type) {
        try (LocretEngine engine = realModel(type)) {
            String filler = "The lift in the east wing is out of order. ".repeat(25);
            String text = engine
                    .chatTemplate()
                    .orElseThrow()
                    .render(Map.of(
                            "messages",
                            List.of(Map.of(
                                    "role",
                                    "user",
                                    "content",
                                    filler + "The password of the safe is 7351. " + filler
                                            + "What is the password of the safe?")),
                            "add_generation_prompt",
                            true))
                    .stream()
                    .map(PromptSpan::text)
                    .collect(Collectors.joining());
            int[] prompt = engine.tokenizer().encode(text, true);
            GenerationResult result = engine.generate(
                    new GenerationRequest(prompt, 0, SamplingParameters.GREEDY, 24, List.of(), null, null));
            assertThat(result.entriesEvicted()).isPositive();
            assertThat(result.text()).contains("7351");
        }
    }
}
