package dev.locret.eviction;

import static org.assertj.core.api.Assertions.assertThat;

import dev.locret.backend.AttentionSpec.PositionMode;
import dev.locret.backend.Backend;
import dev.locret.backend.KvCacheType;
import dev.locret.backend.cpu.CpuBackend;
import dev.locret.cache.BudgetAllocation;
import dev.locret.cache.CachePlan;
import dev.locret.cache.KvCache;
import dev.locret.cache.Retention;
import dev.locret.format.ModelFiles;
import dev.locret.format.WeightSource;
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
    private static final int CHUNKS = 5;

    static Stream<Arguments> matrix() {
        List<Arguments> all = new ArrayList<>();
        for (String kernels : List.of("vector", "fallback")) {
            for (String policy : EvictionPolicies.names()) {
                for (PositionMode positions : PositionMode.values()) {
                    retentions().forEach(retention -> {
                        for (KvCacheType type : types(kernels, positions)) {
                            if (!policy.equals("none")) {
                                all.add(Arguments.of(kernels, policy, positions, retention, type));
                            }
                        }
                    });
                }
            }
        }
        return all.stream();
    }

    /** All with one pair, and with each other one type beside floats: types meet kernels and positions in one place. */
    private static List<KvCacheType> types(String kernels, PositionMode positions) {
        if (kernels.equals("vector") && positions == PositionMode.CACHE) {
            return List.of(KvCacheType.values());
        }
        return List.of(KvCacheType.F32, positions == PositionMode.CACHE ? KvCacheType.Q4_0 : KvCacheType.Q8_0);
    }

    private static Stream<Retention> retentions() {
        return Stream.of(BudgetAllocation.values())
                .flatMap(allocation -> Stream.of(
                        new Retention(0, allocation, false),
                        new Retention(0.3, allocation, false),
                        new Retention(0, allocation, true),
                        new Retention(0, allocation, false, true)));
    }

    @ParameterizedTest(name = "{0} {1} {2} {3} {4}")
    @MethodSource("matrix")
    void keepsTheBudgetTheBestAndTheForced(
            String kernels, String name, PositionMode positions, Retention retention, KvCacheType type) {
        // Blocks of 32 need a model whose heads they fill.
        Golden golden = Golden.of(type.elements().blockSize() > 1 ? "qwen3-tiny" : "llama-tiny");
        try (Backend backend = new CpuBackend(2, kernels);
                ModelFiles files = ModelFiles.open(golden.directory())) {
            ValueGrams grams = retention.valueNorm() ? ValueGrams.load(files.weights(), backend) : null;
            CachePlan sizes = new CachePlan(BUDGET, CHUNK, STABILIZERS, 5, 16, 0, 1, retention, type);
            Decoder decoder = new Decoder(
                    files.weights(), backend, CHUNK, 1, sizes.longest(), positions, RotaryEmbedding.Factors.LONG);
            EvictionPolicy policy = EvictionPolicies.create(name, backend, TrainedHeadFiles.of(name), CHUNK);
            KvCache cache = KvCache.allocate(backend, decoder.config(), sizes);
            for (int pinned : new int[] {0, 6}) {
                for (int pooling : new int[] {1, 5}) {
                    cache.clear();
                    CachePlan plan = new CachePlan(BUDGET, CHUNK, STABILIZERS, 5, 16, pinned, pooling, retention, type);
                    read(decoder, cache, policy, plan, new Evictor(backend, plan, grams), files.weights());
                }
            }
        }
    }

    private static void read(
            Decoder decoder,
            KvCache cache,
            EvictionPolicy policy,
            CachePlan plan,
            Evictor evictor,
            WeightSource weights) {
        int[] ids = IntStream.range(0, CHUNKS * CHUNK).map(i -> 3 + i * 7 % 380).toArray();
        for (int begin = 0; begin < ids.length; begin += CHUNK) {
            int[] chunk = Arrays.copyOfRange(ids, begin, begin + CHUNK);
            decoder.forward(List.of(new Segment(cache, chunk, policy, plan.scorePooling(), false)), () -> {});
            boolean last = begin + CHUNK == ids.length;
            List<EvictionCheck> checks = new ArrayList<>();
            for (int layer = 0; layer < cache.layers(); layer++) {
                int budget = plan.layerBudget(layer, cache.layers());
                int recent = plan.recentAfterChunk(last, budget);
                checks.add(new EvictionCheck(
                        decoder.backend(),
                        layer,
                        cache.layer(layer),
                        policy,
                        plan,
                        budget,
                        recent,
                        cache.tokens(),
                        weights));
            }
            evictor.afterChunk(cache, policy, last);
            checks.forEach(EvictionCheck::verify);
            assertThat(cache.room()).isGreaterThanOrEqualTo(plan.beside());
        }
        assertThat(cache.tokens()).isEqualTo(ids.length);
        int heads = cache.layers() * decoder.config().kvHeads();
        assertThat(cache.entries()).isEqualTo((long) BUDGET * heads);
    }
}
