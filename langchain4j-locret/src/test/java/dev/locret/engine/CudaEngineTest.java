package dev.locret.engine;

import static org.assertj.core.api.Assertions.assertThat;

import dev.locret.common.ErrorId;
import dev.locret.common.LocretException;
import dev.locret.generate.SamplingParameters;
import dev.locret.testing.EmulatedCuda;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Whole engines with {@code device=cuda} on the emulated driver. */
@EnabledOnOs(value = OS.LINUX, architectures = "amd64")
class CudaEngineTest {
    private static final String PRECISION = "locret.cuda.precision";

    private EmulatedCuda emulation;

    @BeforeEach
    void install() {
        emulation = EmulatedCuda.install();
        System.setProperty(PRECISION, "full");
    }

    @AfterEach
    void clear() {
        System.clearProperty(PRECISION);
    }

    static Stream<Arguments> cases() {
        return EngineTraceTest.cases();
    }

    /** The authors' own results: kept positions, logits and tokens. */
    @ParameterizedTest(name = "{0} {1}")
    @MethodSource("cases")
    void tracesLikeTheAuthorsCode(String model, String name) {
        EngineTraceTest.verify(model, name, "cuda");
    }

    @Test
    void thePlanIsWhatIsAllocatedAndNothingMoreForARequest() {
        System.clearProperty(PRECISION);
        try (LocretEngine engine = LocretEngine.load(options().build())) {
            long before = emulation.allocations();
            long available = engine.memoryPlan().availableBytes();
            engine.generate(EngineFixtures.greedy(EngineFixtures.prompt(400, 1), 20));
            assertThat(emulation.allocations()).isEqualTo(before);
            assertThat(engine.memoryPlan().totalBytes()).isLessThan(available);
            assertThat(engine.describe()).contains("cuda:0, Emulated CUDA device, sm_80");
        }
    }

    @Test
    void answersOfSessionsAtOnceAreThoseOfEachAlone() {
        try (LocretEngine engine = LocretEngine.load(options().maxSessions(3).build())) {
            List<GenerationRequest> requests = List.of(
                    EngineFixtures.greedy(EngineFixtures.prompt(90, 1), 12),
                    EngineFixtures.greedy(EngineFixtures.prompt(40, 2), 12),
                    EngineFixtures.request(
                            EngineFixtures.prompt(3, 3),
                            new SamplingParameters(0.8, 40, 0.95, 0.01, 1.1, 0.1, 0.1, 7L),
                            12,
                            null));
            List<int[]> alone =
                    requests.stream().map(r -> engine.generate(r).tokens()).toList();
            List<Generation> together = requests.stream()
                    .map(r -> engine.submit(r, new GenerationListener() {}))
                    .toList();
            for (int i = 0; i < requests.size(); i++) {
                assertThat(together.get(i).await().tokens()).isEqualTo(alone.get(i));
            }
        }
    }

    /**
     * Driver calls fail in turn, from the first of a load to the last of an answer, later ones with growing gaps: always a
     * typed exception, nothing is left allocated, and the next engine works.
     */
    @Test
    void aFailureOfAnyDriverCallEndsInATypedExceptionAndLeavesNothing() {
        long before = emulation.allocations();
        int failures = 0;
        for (long call = 1; ; call += 1 + call / 25) {
            emulation.failAt(call);
            boolean failed = false;
            try (LocretEngine engine = LocretEngine.load(options().build())) {
                engine.generate(EngineFixtures.greedy(EngineFixtures.prompt(20, 1), 2));
            } catch (LocretException e) {
                failed = true;
                failures++;
                assertThat(e.id())
                        .as("call %s: %s", call, e.getMessage())
                        .isIn(ErrorId.DEVICE_FAILED, ErrorId.CLOSED, ErrorId.DEVICE_UNAVAILABLE);
            }
            if (emulation.calls() < call) {
                break;
            }
            // What fails while a context is given back is not reported.
            if (emulation.calls() > call) {
                assertThat(emulation.allocations()).as("call %s", call).isEqualTo(before);
                assertThat(failed).as("call %s", call).isTrue();
            }
            before = emulation.allocations();
        }
        assertThat(failures).isGreaterThan(50);
    }

    private static EngineOptions.Builder options() {
        return EngineFixtures.withHeads().device("cuda");
    }
}
