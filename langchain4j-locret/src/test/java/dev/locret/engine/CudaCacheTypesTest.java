package dev.locret.engine;

import static org.assertj.core.api.Assertions.assertThat;

import dev.locret.backend.KvCacheType;
import dev.locret.testing.EmulatedCuda;
import dev.locret.testing.Golden;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Whole engines with every type of cache, and with values that are merged, on the emulated card and on the CPU. */
@EnabledOnOs(value = OS.LINUX, architectures = "amd64")
class CudaCacheTypesTest {
    private static final String PRECISION = "locret.cuda.precision";

    @BeforeEach
    void install() {
        EmulatedCuda.install();
        System.setProperty(PRECISION, "full");
    }

    @AfterEach
    void clear() {
        System.clearProperty(PRECISION);
    }

    private static TraceResult trace(String device, KvCacheType type, boolean merge) {
        // No token twice: no two scores are equal.
        List<Integer> all = IntStream.range(3, 383).boxed().collect(Collectors.toList());
        Collections.shuffle(all, new Random(1));
        int[] prompt = all.stream().limit(300).mapToInt(i -> i).toArray();
        EngineOptions options = EngineOptions.builder(Golden.of("qwen3-tiny").directory())
                .policy("keydiff")
                .device(device)
                .threads(1)
                .cacheBudget(96)
                .chunkSize(48)
                .stabilizers(8)
                .localTokens(4)
                .reserve(32)
                .kvCacheType(type)
                .mergeEvicted(merge)
                .build();
        try (LocretEngine engine = LocretEngine.load(options)) {
            return engine.trace(prompt, 8, false);
        }
    }

    @ParameterizedTest
    @CsvSource({"F16, false", "Q8_0, false", "Q4_0, false", "F32, true", "F16, true", "Q8_0, true", "Q4_0, true"})
    void keepsAndSaysWhatItDoesOnTheCpu(KvCacheType type, boolean merge) {
        TraceResult expected = trace("cpu", type, merge);
        TraceResult actual = trace("cuda", type, merge);
        // A last bit can decide on a step of a packed number, and that on an entry at the edge of the budget.
        assertThat(CudaRealModelTest.differing(actual, expected)).isLessThan(0.02);
        assertThat(actual.generated()).isEqualTo(expected.generated());
    }
}
