package dev.locret.engine;

import static org.assertj.core.api.Assertions.assertThat;

import dev.locret.backend.KvCacheType;
import dev.locret.testing.EmulatedCuda;
import dev.locret.testing.Golden;
import java.nio.file.Path;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Contexts that one device read and another answers from, in every type of cache. */
@EnabledOnOs(value = OS.LINUX, architectures = "amd64")
class CudaContextsTest {
    private static final String PRECISION = "locret.cuda.precision";

    @TempDir
    private Path directory;

    @BeforeEach
    void install() {
        EmulatedCuda.install();
        System.setProperty(PRECISION, "full");
    }

    @AfterEach
    void clear() {
        System.clearProperty(PRECISION);
    }

    private EngineOptions options(String device, KvCacheType type) {
        return EngineOptions.builder(Golden.of("qwen3-tiny").directory())
                .policy("keydiff")
                .device(device)
                .threads(1)
                .cacheBudget(96)
                .chunkSize(48)
                .stabilizers(8)
                .localTokens(4)
                .reserve(32)
                .kvCacheType(type)
                .contextsDirectory(directory)
                .build();
    }

    /** No token twice: no two scores are equal. */
    private static int[] text() {
        List<Integer> all = IntStream.range(3, 383).boxed().collect(Collectors.toList());
        Collections.shuffle(all, new Random(1));
        return all.stream().limit(300).mapToInt(i -> i).toArray();
    }

    private static int[] answer(LocretEngine engine) {
        GenerationResult result =
                engine.generate(EngineFixtures.greedy(new int[] {11, 5, 7}, 12).withContext("d"));
        assertThat(result.cachedTokens()).isEqualTo(300);
        return result.tokens();
    }

    @ParameterizedTest
    @CsvSource({
        "cpu, cuda, F32",
        "cuda, cpu, F32",
        "cpu, cuda, F16",
        "cuda, cpu, F16",
        "cpu, cuda, Q8_0",
        "cuda, cpu, Q8_0",
        "cpu, cuda, Q4_0",
        "cuda, cpu, Q4_0"
    })
    void whatOneDeviceReadTheOtherAnswersFrom(String reader, String other, KvCacheType type) {
        int[] expected;
        try (LocretEngine engine = LocretEngine.load(options(reader, type))) {
            engine.contexts()
                    .read(new ContextRequest("d", text()), GenerationListener.NONE)
                    .await();
            expected = answer(engine);
        }
        try (LocretEngine engine = LocretEngine.load(options(other, type))) {
            assertThat(engine.contexts().list()).extracting(ContextInfo::name).containsExactly("d");
            assertThat(answer(engine)).isEqualTo(expected);
        }
    }
}
