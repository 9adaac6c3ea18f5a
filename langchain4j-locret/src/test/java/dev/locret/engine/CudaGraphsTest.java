package dev.locret.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.locret.backend.KvCacheType;
import dev.locret.common.ErrorId;
import dev.locret.common.LocretException;
import dev.locret.generate.SamplingParameters;
import dev.locret.testing.EmulatedCuda;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.Supplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Decode steps as CUDA graphs say what they say without, and fail as they do. */
@EnabledOnOs(value = OS.LINUX, architectures = "amd64")
class CudaGraphsTest {
    private static final String PROPERTY = "locret.cuda.graphs";

    private EmulatedCuda emulation;

    @BeforeEach
    void install() {
        emulation = EmulatedCuda.install();
    }

    @AfterEach
    void clear() {
        System.clearProperty(PROPERTY);
        assertThat(emulation.graphs()).as("graphs that nobody destroyed").isZero();
    }

    /** The cache has room for 80 entries and is evicted to 64 whenever it is full. */
    private static LocretEngine load(int sessions, KvCacheType type) {
        return LocretEngine.load(EngineFixtures.withHeads()
                .device("cuda")
                .kvCacheType(type)
                .maxSessions(sessions)
                .build());
    }

    private static GenerationRequest request(long seed, int tokens, String policy) {
        return new GenerationRequest(
                EngineFixtures.prompt(70 + 9 * (int) seed, seed),
                0,
                seed == 3 ? new SamplingParameters(0.8, 40, 0.95, 0.01, 1.1, 0.1, 0.1, 7L) : SamplingParameters.GREEDY,
                tokens,
                List.of(),
                policy,
                null,
                true);
    }

    private static List<int[]> together(LocretEngine engine, List<GenerationRequest> requests) {
        List<Generation> running = requests.stream()
                .map(r -> engine.submit(r, GenerationListener.NONE))
                .toList();
        return running.stream().map(g -> g.await().tokens()).toList();
    }

    private static <T> T without(Supplier<T> work) {
        System.setProperty(PROPERTY, "off");
        try {
            return work.get();
        } finally {
            System.clearProperty(PROPERTY);
        }
    }

    /** 200 steps with an eviction in every sixteenth, alone. */
    @Test
    void severalHundredStepsWithEvictionsAreTheSame() {
        List<int[]> answers = new ArrayList<>();
        Supplier<int[]> answer = () -> {
            try (LocretEngine engine = load(1, KvCacheType.F16)) {
                int[] tokens = engine.generate(request(1, 200, null)).tokens();
                answers.add(tokens);
                assertThat(emulation.graphs()).isEqualTo(answers.size() == 1 ? 0 : 1);
                return tokens;
            }
        };
        int[] expected = without(answer);
        assertThat(expected).hasSize(200);
        assertThat(Arrays.stream(expected).distinct().count()).isGreaterThan(20);
        assertThat(answer.get()).isEqualTo(expected);
    }

    /** Batches of one to three, of sessions that end at different times, in the slots that happen to be free. */
    @Test
    void answersThatShareStepsAreTheSame() {
        List<GenerationRequest> requests = List.of(
                request(1, 26, null), request(2, 12, null), request(3, 20, null), request(4, 14, "streaming-llm"));
        Supplier<List<int[]>> answers = () -> {
            try (LocretEngine engine = load(3, KvCacheType.F32)) {
                return together(engine, requests);
            }
        };
        List<int[]> expected = without(answers);
        emulation.strict().order(3);
        assertThat(answers.get()).usingRecursiveComparison().isEqualTo(expected);
    }

    /** Policies that look at a step's attention or logits, or at neither, two answers at a time with evictions. */
    @ParameterizedTest
    @ValueSource(strings = {"h2o", "snapkv", "tova", "sirllm", "keydiff"})
    void everyPolicySaysTheSame(String policy) {
        List<GenerationRequest> requests = List.of(request(1, 36, policy), request(2, 36, policy));
        Supplier<List<int[]>> answers = () -> {
            try (LocretEngine engine = load(2, KvCacheType.F32)) {
                List<int[]> tokens = together(engine, requests);
                assertThat(emulation.graphs() > 0).isEqualTo(System.getProperty(PROPERTY) == null);
                return tokens;
            }
        };
        List<int[]> expected = without(answers);
        assertThat(answers.get()).usingRecursiveComparison().isEqualTo(expected);
    }

    private long calls(LocretEngine engine, int tokens) {
        emulation.failAt(0);
        engine.generate(request(1, tokens, "streaming-llm"));
        return emulation.calls();
    }

    /** Driver calls of a step of the tiny model, which has two layers: printed, and a third at most. */
    @Test
    void aStepTakesFewDriverCalls() {
        Supplier<Long> perStep = () -> {
            try (LocretEngine engine = load(1, KvCacheType.F32)) {
                calls(engine, 8);
                // No eviction between the two.
                return (calls(engine, 9) - calls(engine, 5)) / 4;
            }
        };
        long before = without(perStep);
        long after = perStep.get();
        System.out.println("driver calls of a decode step: " + before + " without graphs, " + after + " with");
        assertThat(after).isLessThan(before / 3);
    }

    /**
     * Every third driver call of the step that is captured fails in turn, with errors that the device survives: what
     * concerns the graph is said once and the step goes on without, everything else ends in a typed exception.
     */
    @Test
    void aCaptureThatFailsIsNoFailureOfTheAnswer() {
        int[] expected;
        long begin;
        long end;
        try (LocretEngine engine = load(1, KvCacheType.F32)) {
            begin = calls(engine, 2);
        }
        try (LocretEngine engine = load(1, KvCacheType.F32)) {
            end = calls(engine, 3);
            expected = engine.generate(request(1, 6, "streaming-llm")).tokens();
        }
        int survived = 0;
        int outOfMemory = 2;
        int captureUnsupported = 900;
        PrintStream before = System.err;
        for (long call = begin - 3; call <= end; call += 3) {
            ByteArrayOutputStream log = new ByteArrayOutputStream();
            System.setErr(new PrintStream(log, true, StandardCharsets.UTF_8));
            try (LocretEngine engine = load(1, KvCacheType.F32)) {
                emulation.failAt(call, call % 2 == 0 ? outOfMemory : captureUnsupported);
                int[] tokens = engine.generate(request(1, 6, "streaming-llm")).tokens();
                assertThat(tokens).as("call %s", call).isEqualTo(expected);
                survived++;
                int told = log.toString(StandardCharsets.UTF_8).split("Decode steps run without CUDA graphs", -1).length
                        - 1;
                // When something is destroyed an error changes nothing.
                assertThat(told + emulation.graphs()).as("call %s", call).isEqualTo(1);
            } catch (LocretException e) {
                assertThat(e.id()).isIn(ErrorId.DEVICE_FAILED, ErrorId.NOT_ENOUGH_MEMORY);
            } finally {
                System.setErr(before);
            }
        }
        assertThat(survived).isGreaterThan((int) (end - begin) / 6);
    }

    @Test
    void anUnknownSettingIsRefused() {
        System.setProperty(PROPERTY, "yes");
        assertThatThrownBy(() -> load(1, KvCacheType.F32))
                .hasMessageContaining("unknown setting: locret.cuda.graphs=yes, allowed=on, off");
    }
}
