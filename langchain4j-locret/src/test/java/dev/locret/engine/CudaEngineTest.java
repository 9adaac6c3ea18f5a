package dev.locret.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import dev.locret.common.ErrorId;
import dev.locret.common.LocretException;
import dev.locret.eviction.EvictionPolicies;
import dev.locret.generate.SamplingParameters;
import dev.locret.testing.EmulatedCuda;
import dev.locret.testing.Golden;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Whole engines with {@code device=cuda} on the emulated driver. */
@EnabledOnOs(value = OS.LINUX, architectures = "amd64")
class CudaEngineTest {
    private static final String PRECISION = "locret.cuda.precision";

    /** Cases in which no equal scores meet at the edge of a budget. */
    private static final Set<String> WITHOUT_TIES = Set.of(
            "llama-tiny fits_budget", "llama-tiny one_chunk_over_budget", "phi3-tiny fits_budget", "phi3-tiny evicts");

    /** Policies that need heads of a kind of their own. */
    private static final Set<String> OWN_HEADS = Set.of("trimkv", "kvzap");

    /** {@code CUDA_ERROR_ILLEGAL_ADDRESS}. */
    private static final int ILLEGAL_ADDRESS = 700;

    private static final int OUT_OF_MEMORY = 2;

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

    /**
     * The authors' own results. Of tokens that occur twice, which have equal scores in the first layer, another one may
     * stay than in the authors' run; what follows is then another text, and only the tokens that stay are compared.
     */
    @ParameterizedTest(name = "{0} {1}")
    @MethodSource("cases")
    void keepsWhatTheAuthorsCodeKeeps(String model, String name) {
        Golden golden = Golden.of(model);
        JsonNode c = golden.locretCase(name);
        int[] ids = Golden.ints(c.get("input_ids"));
        EngineOptions options = EngineFixtures.ofCase(model, c).device("cuda").build();
        try (LocretEngine engine = LocretEngine.load(options)) {
            TraceResult trace = engine.trace(ids, c.get("max_new_tokens").asInt(), true);
            boolean same = true;
            assertThat(trace.chunks()).hasSize(c.get("trace").size());
            for (int i = 0; i < trace.chunks().size(); i++) {
                JsonNode kept = c.get("trace").get(i).get("kept");
                for (int head = 0; head < kept.get(0).size(); head++) {
                    int[] actual = trace.chunks().get(i).kept()[0][head];
                    int[] expected = Golden.ints(kept.get(0).get(head));
                    same &= Arrays.equals(actual, expected);
                    assertThat(tokens(ids, actual))
                            .as("chunk %s head %s", i, head)
                            .isEqualTo(tokens(ids, expected));
                }
            }
            if (same) {
                EngineTraceTest.verify(model, name, "cuda");
            }
            assertThat(same || !WITHOUT_TIES.contains(model + " " + name)).isTrue();
        }
    }

    private static int[] tokens(int[] ids, int[] positions) {
        return Arrays.stream(positions).map(p -> ids[p]).sorted().toArray();
    }

    static Stream<String> policies() {
        List<String> all = EvictionPolicies.names();
        return all.stream().filter(name -> !OWN_HEADS.contains(name));
    }

    /** Every policy, with all the signals that it asks for, on texts in which no token occurs twice. */
    @ParameterizedTest
    @MethodSource("policies")
    void everyPolicyKeepsWhatItKeepsOnTheCpu(String policy) {
        List<Integer> all = IntStream.range(3, 503).boxed().collect(Collectors.toList());
        Collections.shuffle(all, new Random(1));
        int[] prompt = all.stream()
                .limit(policy.equals("none") ? 60 : 300)
                .mapToInt(i -> i)
                .toArray();
        TraceResult expected = trace("cpu", policy, prompt);
        TraceResult actual = trace("cuda", policy, prompt);
        if (policy.equals("snapkv")) {
            // It takes the largest of neighbouring scores, which makes equal ones: either may stay.
            assertThat(CudaRealModelTest.differing(actual, expected)).isLessThan(0.05);
            return;
        }
        for (int i = 0; i < expected.chunks().size(); i++) {
            assertThat(actual.chunks().get(i).kept())
                    .as("chunk %s", i)
                    .isDeepEqualTo(expected.chunks().get(i).kept());
        }
        assertThat(actual.generated()).isEqualTo(expected.generated());
        Golden.assertClose("logits", expected.promptLogits(), actual.promptLogits());
    }

    private static TraceResult trace(String device, String policy, int[] prompt) {
        EngineOptions.Builder options =
                EngineFixtures.withHeads().policy(policy).device(device);
        try (LocretEngine engine = LocretEngine.load(options.build())) {
            return engine.trace(prompt, 8, true);
        }
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
     * Driver calls fail in turn, each from the first of a load to the last of an answer: always a typed exception, nothing
     * is left allocated, and the next engine works.
     */
    @Test
    void aFailureOfAnyDriverCallEndsInATypedExceptionAndLeavesNothing() {
        long before = emulation.allocations();
        int failures = 0;
        for (long call = 1; ; call++) {
            emulation.failAt(call);
            boolean failed = false;
            long answered = 0;
            try (LocretEngine engine = LocretEngine.load(options().build())) {
                // The second step is captured, the third replayed.
                engine.generate(EngineFixtures.greedy(EngineFixtures.prompt(20, 1), 4));
                answered = emulation.calls();
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
            assertThat(emulation.graphs()).as("call %s", call).isZero();
            assertThat(emulation.allocations()).as("call %s", call).isEqualTo(before);
            // What fails while all is given back is not reported.
            assertThat(failed || answered < call).as("call %s", call).isTrue();
        }
        System.out.println("driver calls that failed in turn: " + failures);
        assertThat(failures).isGreaterThan(300);
    }

    /** A kernel's error in the middle of an answer, while another answer is under way and a third request waits. */
    @Test
    void aLostDeviceEndsAllRequestsAndTheEngineSaysSo() {
        long before = emulation.allocations();
        LocretEngine engine = LocretEngine.load(options().maxSessions(2).build());
        assertThat(engine.state()).isEqualTo(EngineState.RUNNING);
        assertThat(engine.deviceFailure()).isEmpty();
        CountDownLatch allSubmitted = new CountDownLatch(1);
        GenerationListener breaks = new GenerationListener() {
            @Override
            public void onRead(int tokensRead, int promptTokens, int entriesKept, double tokensPerSecond) {
                await(allSubmitted);
                if (tokensRead == promptTokens) {
                    emulation.failAt(100, ILLEGAL_ADDRESS);
                }
            }
        };
        List<Generation> generations = List.of(
                engine.submit(EngineFixtures.greedy(EngineFixtures.prompt(30, 1), 12), breaks),
                engine.submit(EngineFixtures.greedy(EngineFixtures.prompt(30, 2), 12), GenerationListener.NONE),
                engine.submit(EngineFixtures.greedy(EngineFixtures.prompt(30, 3), 12), GenerationListener.NONE));
        allSubmitted.countDown();
        for (Generation generation : generations) {
            assertThatThrownBy(generation::await)
                    .isInstanceOfSatisfying(
                            LocretException.class, e -> assertThat(e.id()).isEqualTo(ErrorId.DEVICE_FAILED))
                    .hasMessageContaining("CUDA_ERROR_ILLEGAL_ADDRESS (700)");
        }
        assertThat(engine.state()).isEqualTo(EngineState.DEVICE_FAILED);
        assertThat(engine.deviceFailure()).hasValueSatisfying(e -> assertThat(e)
                .hasMessageMatching("cuda: .* failed: CUDA_ERROR_ILLEGAL_ADDRESS \\(700\\)"));
        GenerationRequest request = EngineFixtures.greedy(EngineFixtures.prompt(20, 1), 4);
        assertThatThrownBy(() -> engine.generate(request))
                .hasMessageMatching("engine: its device failed, load another engine: "
                        + "cuda: .* failed: CUDA_ERROR_ILLEGAL_ADDRESS \\(700\\)");
        try (LocretEngine next = LocretEngine.load(options().build())) {
            assertThat(next.generate(request).outputTokens()).isEqualTo(4);
            assertThat(next.state()).isEqualTo(EngineState.RUNNING);
        }
        engine.close();
        assertThat(engine.state()).isEqualTo(EngineState.CLOSED);
        assertThat(engine.deviceFailure()).isPresent();
        assertThatThrownBy(() -> engine.generate(request)).hasMessage("engine: closed");
        assertThat(emulation.allocations()).isEqualTo(before);
    }

    private static void await(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** What the plan says is not there, and what another process took after the plan. */
    @Test
    void memoryThatIsNotThereEndsTheLoadAndLeavesNothing() {
        long before = emulation.allocations();
        emulation.memoryBytes(37 << 20);
        assertThatThrownBy(() -> LocretEngine.load(options().build()))
                .hasMessageMatching("memory: needed=\\d+ MiB, available=\\d+ MiB of 37 MiB \\(weights .*\\); .*");
        emulation.memoryBytes(0);
        int refused = 0;
        for (int call = 150; call < 400; call += 50) {
            emulation.failAt(call, OUT_OF_MEMORY);
            try (LocretEngine engine = LocretEngine.load(options().build())) {
                engine.generate(EngineFixtures.greedy(EngineFixtures.prompt(20, 1), 2));
            } catch (LocretException e) {
                refused++;
                assertThat(e.id()).as(e.getMessage()).isEqualTo(ErrorId.NOT_ENOUGH_MEMORY);
            }
        }
        assertThat(refused).isEqualTo(5);
        assertThat(emulation.allocations()).isEqualTo(before);
    }

    /** Another library in the process destroyed the context, or it went with the driver. */
    @ParameterizedTest
    @ValueSource(ints = {201, 709})
    void aContextDestroyedUnderUsIsALostDevice(int code) {
        try (LocretEngine engine = LocretEngine.load(options().build())) {
            GenerationRequest request = EngineFixtures.greedy(EngineFixtures.prompt(20, 1), 4);
            engine.generate(request);
            emulation.failAt(3, code);
            assertThatThrownBy(() -> engine.generate(request)).hasMessageEndingWith("(" + code + ")");
            assertThat(engine.state()).isEqualTo(EngineState.DEVICE_FAILED);
        }
    }

    private static EngineOptions.Builder options() {
        return EngineFixtures.withHeads().device("cuda");
    }
}
