package dev.locret.backend.cuda;

import static org.assertj.core.api.Assertions.assertThat;

import dev.locret.backend.Backend;
import dev.locret.backend.Matrix;
import dev.locret.backend.SamplingSpec;
import dev.locret.backend.check.SampleTensors;
import dev.locret.backend.cpu.CpuBackend;
import dev.locret.testing.EmulatedCuda;
import dev.locret.testing.Records;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Choosing tokens on the device against the CPU. */
@EnabledOnOs(value = OS.LINUX, architectures = "amd64")
class CudaSamplerTest {
    private EmulatedCuda emulation;

    @BeforeEach
    void install() {
        emulation = EmulatedCuda.install();
    }

    private static SamplingSpec spec(float temperature, int topK, float topP, float minP, int step, long[] allowed) {
        return new SamplingSpec(
                temperature,
                topK,
                topP,
                minP,
                1.2f,
                0.1f,
                0.05f,
                new int[] {1, 5, 30},
                new int[] {2, 1, 3},
                9,
                step,
                allowed);
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 31, 33, 513, 1200})
    void greedyTokensPenaltiesAndMasksAreTheCpus(int vocabulary) {
        emulation.order(3);
        Random random = new Random(vocabulary);
        try (Backend cuda = CudaBackend.open(0);
                Backend cpu = new CpuBackend(1, "fallback")) {
            cuda.reserveSampling(vocabulary);
            cpu.reserveSampling(vocabulary);
            long[] allowed = random.longs((vocabulary + 63) / 64).toArray();
            allowed[0] |= 1;
            for (int i = 0; i < 20; i++) {
                float[] logits = SampleTensors.gaussian(random, vocabulary);
                SamplingSpec[] specs = {
                    vocabulary > 30 ? spec(0, 0, 1, 0, 0, null) : SamplingSpec.GREEDY,
                    Records.with(SamplingSpec.GREEDY, "allowed", allowed)
                };
                float[] both = new float[2 * vocabulary];
                System.arraycopy(logits, 0, both, 0, vocabulary);
                System.arraycopy(logits, 0, both, vocabulary, vocabulary);
                assertThat(cuda.sample(SampleTensors.matrix(cuda, both, vocabulary), specs))
                        .isEqualTo(cpu.sample(SampleTensors.matrix(cpu, both, vocabulary), specs));
            }
        }
    }

    /** Where no filter orders the candidates, both draw in order of the ids. */
    @Test
    void unfilteredDrawsAreTheCpus() {
        float[] logits = SampleTensors.gaussian(new Random(2), 600);
        try (Backend cuda = CudaBackend.open(0);
                Backend cpu = new CpuBackend(1, "fallback")) {
            cuda.reserveSampling(600);
            cpu.reserveSampling(600);
            Matrix onCuda = SampleTensors.matrix(cuda, logits, 600);
            Matrix onCpu = SampleTensors.matrix(cpu, logits, 600);
            int same = 0;
            for (int step = 0; step < 100; step++) {
                SamplingSpec[] specs = {spec(0.8f, 0, 1, step % 2 == 0 ? 0 : 0.05f, step, null)};
                same += cuda.sample(onCuda, specs)[0] == cpu.sample(onCpu, specs)[0] ? 1 : 0;
            }
            // A draw can fall between two sums that differ in their last bits.
            assertThat(same).isGreaterThanOrEqualTo(98);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"topK", "topP", "both", "ties"})
    void filtersLeaveTheSameTokensAsTheCpu(String filter) {
        float[] logits = SampleTensors.gaussian(new Random(5), 700);
        if (filter.equals("ties")) {
            for (int i = 0; i < logits.length; i++) {
                logits[i] = i % 100 == 7 ? 4 : i % 10 == 3 ? 3 : -3;
            }
        }
        try (Backend cuda = CudaBackend.open(0);
                Backend cpu = new CpuBackend(1, "fallback")) {
            cuda.reserveSampling(700);
            cpu.reserveSampling(700);
            Matrix onCuda = SampleTensors.matrix(cuda, logits, 700);
            Matrix onCpu = SampleTensors.matrix(cpu, logits, 700);
            Set<Integer> expected = new TreeSet<>();
            Set<Integer> actual = new TreeSet<>();
            // Hot, so that every token that is left is drawn sooner or later.
            for (int step = 0; step < 400; step++) {
                SamplingSpec[] specs = {
                    switch (filter) {
                        case "topK" -> spec(50, 9, 1, 0, step, null);
                        case "topP" -> spec(50, 0, 0.1f, 0, step, null);
                        case "ties" -> spec(50, 12, 1, 0, step, null);
                        default -> spec(50, 40, 0.3f, 0.1f, step, null);
                    }
                };
                expected.add(cpu.sample(onCpu, specs)[0]);
                actual.add(cuda.sample(onCuda, specs)[0]);
            }
            assertThat(actual).isEqualTo(expected).hasSizeGreaterThan(5);
        }
    }

    @Test
    void unsoundLogitsGiveNoToken() {
        try (Backend cuda = CudaBackend.open(0)) {
            cuda.reserveSampling(600);
            for (float bad : new float[] {Float.NaN, Float.POSITIVE_INFINITY}) {
                float[] logits = new float[600];
                logits[599] = bad;
                assertThat(cuda.sample(
                                SampleTensors.matrix(cuda, logits, 600), new SamplingSpec[] {SamplingSpec.GREEDY}))
                        .containsExactly(-1);
            }
        }
    }

    @Test
    void everyAccessIsInsideItsBounds() {
        emulation.check();
        try (Backend cuda = CudaBackend.open(0)) {
            cuda.reserveSampling(513);
            Matrix logits = SampleTensors.matrix(cuda, SampleTensors.gaussian(new Random(3), 513), 513);
            for (int step = 0; step < 3; step++) {
                int token = cuda.sample(logits, new SamplingSpec[] {spec(1, 20, 0.9f, 0.01f, step, null)})[0];
                assertThat(token).isBetween(0, 512);
            }
        }
    }
}
