package dev.locret.engine;

import static dev.locret.engine.EngineFixtures.prompt;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.locret.cache.BudgetAllocation;
import dev.locret.common.ErrorId;
import dev.locret.testing.Golden;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Contexts that outlive the engine that read them. */
class ContextsDirectoryTest {
    @TempDir
    private Path directory;

    private EngineOptions.Builder options() {
        return EngineFixtures.withHeads().contextsDirectory(directory);
    }

    private static LocretEngine engine(EngineOptions.Builder options) {
        return EngineFixtures.engine(options, EngineFixtures.backend(), new FakeClock());
    }

    private static ContextInfo read(LocretEngine engine, String name, int[] tokens, GenerationListener listener) {
        return engine.contexts()
                .read(new ContextRequest(name, tokens), listener)
                .await();
    }

    private static GenerationRequest question() {
        return EngineFixtures.greedy(prompt(3, 9), 12).withContext("d");
    }

    private List<Path> files() throws IOException {
        try (Stream<Path> files = Files.list(directory)) {
            return files.filter(f -> f.toString().endsWith(".context")).toList();
        }
    }

    @ParameterizedTest
    @EnumSource(BudgetAllocation.class)
    void aContextAnswersAfterARestartAsBefore(BudgetAllocation allocation) {
        GenerationResult before;
        try (LocretEngine engine = engine(options().budgetAllocation(allocation))) {
            read(engine, "d", prompt(333, 1), GenerationListener.NONE);
            before = engine.generate(question());
        }
        try (LocretEngine engine = engine(options().budgetAllocation(allocation))) {
            assertThat(engine.contexts().list()).extracting(ContextInfo::tokens).containsExactly(333);
            GenerationResult after = engine.generate(question());
            assertThat(after.tokens()).containsExactly(before.tokens());
            assertThat(after.cachedTokens()).isEqualTo(333);
            assertThat(after.entriesEvicted()).isEqualTo(before.entriesEvicted());
            // Reading the same text again is done at once.
            Events events = new Events();
            assertThat(read(engine, "d", prompt(333, 1), events).tokens()).isEqualTo(333);
            assertThat(events.read).isEmpty();
        }
    }

    @Test
    void withoutMemoryEveryQuestionReadsTheFile() {
        GenerationResult expected;
        try (LocretEngine engine = engine(options())) {
            read(engine, "d", prompt(333, 1), GenerationListener.NONE);
            expected = engine.generate(question());
        }
        try (LocretEngine engine = engine(options().prefixCacheBytes(0))) {
            for (int i = 0; i < 2; i++) {
                assertThat(engine.generate(question()).tokens()).containsExactly(expected.tokens());
            }
            read(engine, "e", prompt(50, 1), GenerationListener.NONE);
            assertThat(engine.contexts().list()).extracting(ContextInfo::name).containsExactly("d", "e");
        }
    }

    @Test
    void aQuestionThatWaitsHoldsNoMemory() {
        ProbedBackend backend = EngineFixtures.backend();
        try (LocretEngine engine =
                EngineFixtures.engine(options().prefixCacheBytes(0).queueCapacity(3), backend, new FakeClock())) {
            read(engine, "d", prompt(333, 1), GenerationListener.NONE);
            read(engine, "e", prompt(200, 1), GenerationListener.NONE);
            read(engine, "f", prompt(200, 2), GenerationListener.NONE);
            int[] expected = engine.generate(question()).tokens();
            Gate gate = new Gate();
            backend.onAttend = segments -> gate.pass();
            Generation holder = engine.submit(EngineFixtures.greedy(prompt(3, 1), 1), GenerationListener.NONE);
            gate.awaitWorker();
            Generation kept = engine.submit(question(), GenerationListener.NONE);
            Generation removed = engine.submit(question().withContext("e"), GenerationListener.NONE);
            Generation replaced = engine.submit(question().withContext("f"), GenerationListener.NONE);
            engine.contexts().remove("e");
            try (LocretEngine other = engine(options())) {
                read(other, "f", prompt(100, 3), GenerationListener.NONE);
            }
            System.gc();
            gate.open();
            holder.await();
            assertThat(kept.await().tokens()).containsExactly(expected);
            ContextsTest.assertFails(
                    removed::await, ErrorId.UNKNOWN_CONTEXT, "contexts: removed while a question waited: context=e");
            ContextsTest.assertFails(
                    replaced::await, ErrorId.UNKNOWN_CONTEXT, "contexts: replaced while a question waited: context=f");
        }
    }

    @Test
    void anInterruptedThreadIsTold() {
        try (LocretEngine engine = engine(options())) {
            read(engine, "d", prompt(50, 1), GenerationListener.NONE);
            try (LocretEngine other = engine(options())) {
                Thread.currentThread().interrupt();
                assertThatThrownBy(() -> other.submit(question(), GenerationListener.NONE))
                        .isInstanceOfSatisfying(dev.locret.common.LocretException.class, e -> assertThat(e.id())
                                .isEqualTo(ErrorId.CANCELLED))
                        .hasMessageStartingWith("contexts: the thread was interrupted: " + directory);
            } finally {
                assertThat(Thread.interrupted()).isTrue();
            }
        }
    }

    @Test
    void anEngineSeesWhatAnotherOfTheSameDirectoryDid() {
        try (LocretEngine one = engine(options());
                LocretEngine two = engine(options())) {
            read(one, "d", prompt(333, 1), GenerationListener.NONE);
            int[] first = two.generate(question()).tokens();
            read(two, "d", prompt(300, 2), GenerationListener.NONE);
            GenerationResult replaced = one.generate(question());
            assertThat(replaced.cachedTokens()).isEqualTo(300);
            assertThat(replaced.tokens()).isNotEqualTo(first);
            assertThat(two.contexts().remove("d")).isTrue();
            ContextsTest.assertFails(
                    () -> one.generate(question()),
                    ErrorId.UNKNOWN_CONTEXT,
                    "contexts: not read: context=d, known=none");
        }
    }

    @Test
    void otherSettingsAreNamedAndReadingAgainMends() throws IOException {
        try (LocretEngine engine = engine(options())) {
            read(engine, "d", prompt(333, 1), GenerationListener.NONE);
        }
        Path file = files().get(0);
        assertMismatch(options().cacheBudget(63), "cache-budget=64, expected=63: " + file);
        assertMismatch(options().stabilizers(7), "stabilizers=8, expected=7: " + file);
        assertMismatch(options().budgetAllocation("pooled"), "budget-allocation=uniform, expected=pooled: " + file);
        assertMismatch(options().valueNorm(true), "value-norm=false, expected=true: " + file);
        assertMismatch(options().mergeEvicted(true), "merge-evicted=false, expected=true: " + file);
        assertMismatch(options().kvCacheType("f16"), "kv-cache-type=f32, expected=f16: " + file);
        assertMismatch(options().recentShare(0.5), "recent-share=0.0, expected=0.5: " + file);
        assertMismatch(options().chunkSize(15), "chunk-size=16, expected=15: " + file);
        try (LocretEngine engine = engine(options().cacheBudget(63))) {
            read(engine, "d", prompt(333, 1), GenerationListener.NONE);
            assertThat(engine.generate(question()).cachedTokens()).isEqualTo(333);
        }
        assertMismatch(options(), "cache-budget=63, expected=64: " + file);
    }

    @Test
    void otherHeadsAreRefusedAndOtherModelsHaveFilesOfTheirOwn() throws IOException {
        try (LocretEngine engine = engine(options())) {
            read(engine, "d", prompt(333, 1), GenerationListener.NONE);
        }
        assertThatThrownBy(() -> ask(EngineFixtures.options().contextsDirectory(directory)))
                .hasMessageMatching("contexts: file does not belong to this engine: retaining-heads=\\p{XDigit}{64},"
                        + " expected=none: .*");
        Path changed = Files.createDirectory(directory.resolve("model"));
        for (String name : List.of("config.json", "model.safetensors", "retaining_heads.safetensors")) {
            Files.copy(EngineFixtures.tiny().resolve(name), changed.resolve(name), StandardCopyOption.REPLACE_EXISTING);
        }
        byte[] weights = Files.readAllBytes(changed.resolve("model.safetensors"));
        weights[weights.length - 1] ^= 1;
        Files.write(changed.resolve("model.safetensors"), weights);
        assertThatThrownBy(() -> ask(copyOf(changed))).hasMessage("contexts: not read: context=d, known=none");
        // A text of the same name that the other model reads does not take its place.
        try (LocretEngine other = engine(copyOf(changed))) {
            read(other, "d", prompt(20, 2), GenerationListener.NONE);
        }
        assertThat(files()).hasSize(2);
        try (LocretEngine engine = engine(options())) {
            assertThat(engine.contexts().describe("d").tokens()).isEqualTo(333);
        }
    }

    /** The options of a model that lies elsewhere. */
    private EngineOptions.Builder copyOf(Path model) {
        return EngineOptions.builder(model)
                .headsPath(Golden.of("llama-tiny").directory().resolve("retaining_heads.safetensors"))
                .threads(1)
                .cacheBudget(64)
                .chunkSize(16)
                .stabilizers(8)
                .localTokens(4)
                .reserve(12)
                .contextsDirectory(directory);
    }

    private static void ask(EngineOptions.Builder options) {
        try (LocretEngine engine = engine(options)) {
            engine.generate(question());
        }
    }

    private static void assertMismatch(EngineOptions.Builder options, String difference) {
        ContextsTest.assertFails(
                () -> ask(options),
                ErrorId.CONTEXT_MISMATCH,
                "contexts: file does not belong to this engine: " + difference);
    }

    @Test
    void whatCannotBeSavedIsToldWithItsName() throws IOException {
        try (LocretEngine engine = engine(options())) {
            Files.walk(directory).sorted(java.util.Comparator.reverseOrder()).forEach(f -> f.toFile()
                    .delete());
            Files.writeString(directory, "in the way");
            assertThatThrownBy(() -> read(engine, "d", prompt(50, 1), GenerationListener.NONE))
                    .isInstanceOfSatisfying(dev.locret.common.LocretException.class, e -> assertThat(e.id())
                            .isEqualTo(ErrorId.CONTEXT_NOT_SAVED))
                    .hasMessageStartingWith("contexts: not saved: context=d: ")
                    .hasMessageContaining(directory.toString());
        } finally {
            Files.delete(directory);
            Files.createDirectory(directory);
        }
    }

    @Test
    void aDirectoryThatCannotBeMadeEndsLoading() throws IOException {
        Path file = Files.writeString(directory.resolve("file"), "");
        ProbedBackend backend = EngineFixtures.backend();
        EngineOptions.Builder bad = EngineFixtures.withHeads().contextsDirectory(file);
        assertThatThrownBy(() -> EngineFixtures.engine(bad, backend, new FakeClock()))
                .hasMessageStartingWith("contexts: directory cannot be used: ")
                .hasMessageEndingWith(": " + file);
    }
}
