package dev.locret.eviction;

import static org.assertj.core.api.Assertions.assertThat;

import dev.locret.backend.AttentionSpec.PositionMode;
import dev.locret.backend.Backend;
import dev.locret.backend.Matrix;
import dev.locret.backend.cpu.CpuBackend;
import dev.locret.cache.CachePlan;
import dev.locret.cache.KvCache;
import dev.locret.format.HeadsFile;
import dev.locret.format.ModelFiles;
import dev.locret.model.Decoder;
import dev.locret.model.RotaryEmbedding;
import dev.locret.model.Segment;
import dev.locret.testing.Golden;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Every policy with every option on every kernel: exactly the budget, the highest scores, forced entries stay. */
class PolicyMatrixTest {
    private static final int BUDGET = 40;
    private static final int CHUNK = 37;
    private static final int STABILIZERS = 9;

    static Stream<Arguments> matrix() {
        List<Arguments> all = new ArrayList<>();
        for (String kernels : List.of("vector", "fallback")) {
            for (String policy : List.of("locret", "keydiff", "streaming-llm")) {
                for (int pinned : new int[] {0, 6}) {
                    for (int pooling : new int[] {1, 5}) {
                        for (PositionMode positions : PositionMode.values()) {
                            all.add(Arguments.of(kernels, policy, pinned, pooling, positions));
                        }
                    }
                }
            }
        }
        return all.stream();
    }

    @ParameterizedTest(name = "{0} {1} pinned {2} pooling {3} {4}")
    @MethodSource("matrix")
    void keepsTheBudgetTheBestAndTheForced(
            String kernels, String name, int pinned, int pooling, PositionMode positions) {
        Golden golden = Golden.of("llama-tiny");
        try (Backend backend = new CpuBackend(2, kernels);
                ModelFiles files = ModelFiles.open(golden.directory())) {
            CachePlan plan = new CachePlan(BUDGET, CHUNK, STABILIZERS, 5, 16, pinned, pooling);
            Decoder decoder = new Decoder(
                    files.weights(), backend, CHUNK, 1, plan.capacity(), positions, RotaryEmbedding.Factors.LONG);
            EvictionPolicy policy =
                    switch (name) {
                        case "locret" ->
                            new Locret(
                                    backend,
                                    RetainingHeads.of(
                                            HeadsFile.open(golden.directory().resolve("retaining_heads.safetensors")),
                                            decoder.config(),
                                            "heads"),
                                    CHUNK);
                        case "keydiff" -> new KeyDiff();
                        default -> new StreamingLlm();
                    };
            KvCache cache = KvCache.allocate(backend, decoder.config(), plan.capacity());
            Evictor evictor = new Evictor(backend, plan);
            int[] ids = IntStream.range(0, 4 * CHUNK).map(i -> 3 + i * 7 % 500).toArray();
            for (int begin = 0; begin < ids.length; begin += CHUNK) {
                int[] chunk = Arrays.copyOfRange(ids, begin, begin + CHUNK);
                decoder.forward(List.of(new Segment(cache, chunk, policy, pooling, false)), () -> {});
                boolean last = begin + CHUNK == ids.length;
                check(backend, cache, evictor, policy, last ? 0 : STABILIZERS, pinned, last);
            }
            assertThat(cache.tokens()).isEqualTo(ids.length);
        }
    }

    private static void check(
            Backend backend,
            KvCache cache,
            Evictor evictor,
            EvictionPolicy policy,
            int recent,
            int pinned,
            boolean last) {
        // Scoring all entries twice gives the same scores, so they can be read before the eviction scores them again.
        policy.scoreEntries(backend, cache.layer(1));
        int before = cache.layer(1).length(0);
        float[] scores = backend.download(
                new Matrix(cache.layer(1).scores(), 0, before, cache.capacity()),
                cache.layer(1).kvHeads());
        int[][] positions = new int[cache.layer(1).kvHeads()][];
        Arrays.setAll(positions, head -> backend.downloadPositions(cache.layer(1), head));
        evictor.afterChunk(cache, policy, last);
        for (int head = 0; head < positions.length; head++) {
            int[] kept = backend.downloadPositions(cache.layer(1), head);
            assertThat(kept).hasSize(Math.min(before, BUDGET)).isSorted().doesNotHaveDuplicates();
            int forcedFrom = before - recent;
            float worstKept = Float.POSITIVE_INFINITY;
            float bestDropped = Float.NEGATIVE_INFINITY;
            for (int entry = 0; entry < before; entry++) {
                boolean stays = Arrays.binarySearch(kept, positions[head][entry]) >= 0;
                if (before > BUDGET && (entry >= forcedFrom || positions[head][entry] < pinned)) {
                    assertThat(stays)
                            .as("forced entry %s of head %s", entry, head)
                            .isTrue();
                } else if (stays) {
                    worstKept = Math.min(worstKept, scores[head * before + entry]);
                } else {
                    bestDropped = Math.max(bestDropped, scores[head * before + entry]);
                }
            }
            assertThat(worstKept).isGreaterThanOrEqualTo(bestDropped);
        }
    }
}
