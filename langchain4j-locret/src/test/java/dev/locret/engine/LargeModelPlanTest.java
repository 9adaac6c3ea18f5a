package dev.locret.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.locret.backend.Backend;
import dev.locret.backend.Backends;
import dev.locret.backend.KvCacheType;
import dev.locret.common.ErrorId;
import dev.locret.common.LocretException;
import dev.locret.eviction.HeadKind;
import dev.locret.eviction.RetainingHeads;
import dev.locret.format.ModelConfig;
import dev.locret.format.RopeConfig;
import dev.locret.format.WeightSource;
import dev.locret.tensor.DType;
import dev.locret.tensor.HostTensor;
import dev.locret.tensor.Shape;
import dev.locret.testing.EmulatedCuda;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.BiFunction;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;

/** What Llama-3.1-8B takes of a card of 24 GB, by its shapes alone. */
@EnabledOnOs(value = OS.LINUX, architectures = "amd64")
class LargeModelPlanTest {
    private static final long GIB = 1L << 30;
    private static final int LAYERS = 32;
    private static final int HIDDEN = 4096;
    private static final int FEED_FORWARD = 14_336;
    private static final int KV_WIDTH = 1024;
    private static final int VOCABULARY = 128_256;
    private static final ModelConfig CONFIG = new ModelConfig(
            "llama",
            LAYERS,
            HIDDEN,
            FEED_FORWARD,
            32,
            8,
            128,
            VOCABULARY,
            131_072,
            1e-5f,
            RopeConfig.plain(500_000, 128),
            false,
            0);

    private EmulatedCuda emulation;

    @BeforeEach
    void install() {
        emulation = EmulatedCuda.install().memoryBytes(24 * GIB);
    }

    private static HostTensor tensor(String name, DType type, long... dims) {
        return new HostTensor(name, type, Shape.of(dims), (offset, length) -> {
            throw new AssertionError("a plan reads no weights: " + name);
        });
    }

    /** @param types type of a matrix by the end of its name and its layer, -1 for those outside */
    private static Map<String, HostTensor> weights(BiFunction<String, Integer, DType> types) {
        Map<String, HostTensor> all = new HashMap<>();
        put(all, types, -1, "model.embed_tokens", VOCABULARY, HIDDEN);
        put(all, types, -1, "lm_head", VOCABULARY, HIDDEN);
        all.put("model.norm.weight", tensor("model.norm.weight", DType.F32, HIDDEN));
        for (int layer = 0; layer < LAYERS; layer++) {
            String prefix = "model.layers." + layer + ".";
            put(all, types, layer, prefix + "self_attn.q_proj", HIDDEN, HIDDEN);
            put(all, types, layer, prefix + "self_attn.k_proj", KV_WIDTH, HIDDEN);
            put(all, types, layer, prefix + "self_attn.v_proj", KV_WIDTH, HIDDEN);
            put(all, types, layer, prefix + "self_attn.o_proj", HIDDEN, HIDDEN);
            put(all, types, layer, prefix + "mlp.gate_proj", FEED_FORWARD, HIDDEN);
            put(all, types, layer, prefix + "mlp.up_proj", FEED_FORWARD, HIDDEN);
            put(all, types, layer, prefix + "mlp.down_proj", HIDDEN, FEED_FORWARD);
            for (String norm : new String[] {"input_layernorm", "post_attention_layernorm"}) {
                all.put(prefix + norm + ".weight", tensor(norm, DType.F32, HIDDEN));
            }
        }
        return all;
    }

    private static void put(
            Map<String, HostTensor> all,
            BiFunction<String, Integer, DType> types,
            int layer,
            String name,
            int rows,
            int columns) {
        DType type = types.apply(name.substring(name.lastIndexOf('.') + 1), layer);
        all.put(name + ".weight", tensor(name, type, rows, columns));
    }

    private record Source(Map<String, HostTensor> tensors) implements WeightSource {
        @Override
        public Path path() {
            return Path.of("llama-3.1-8b");
        }

        @Override
        public ModelConfig config() {
            return CONFIG;
        }

        @Override
        public Set<String> names() {
            return tensors.keySet();
        }

        @Override
        public Optional<HostTensor> find(String name) {
            return Optional.ofNullable(tensors.get(name));
        }

        @Override
        public void close() {}
    }

    private static RetainingHeads heads() {
        Map<String, HostTensor> tensors = new HashMap<>();
        for (int layer = 0; layer < LAYERS; layer++) {
            String prefix = "model.layers." + layer + ".self_attn.";
            tensors.put(prefix + "fc1.weight", tensor("fc1", DType.BF16, 1024, HIDDEN + 2 * KV_WIDTH));
            tensors.put(prefix + "fc2.weight", tensor("fc2", DType.BF16, 8, 1024));
        }
        return RetainingHeads.of(tensors, CONFIG, "heads");
    }

    private static EngineOptions.Builder paper() {
        return EngineOptions.builder(Path.of("llama-3.1-8b"))
                .device("cuda")
                .cacheBudget(16_384)
                .chunkSize(1024)
                .stabilizers(2500)
                .localTokens(100)
                .reserve(512)
                .kvCacheType(KvCacheType.F16);
    }

    private static MemoryPlan plan(EngineOptions.Builder options, BiFunction<String, Integer, DType> types) {
        try (Backend backend = Backends.open("cuda", 1)) {
            EngineSettings settings = EngineSettings.resolve(options.build(), CONFIG, HeadKind.LOCRET, backend, 0);
            return new MemoryPlanner(backend, new Source(weights(types)), heads()).require(settings);
        }
    }

    private static DType bfloats(String name, int layer) {
        return DType.BF16;
    }

    /** As llama.cpp chooses types for Q4_K_M: half of the layers' values and second projections have six bits. */
    private static DType mediumFourBits(String name, int layer) {
        boolean more = layer < LAYERS / 8 || layer >= 7 * LAYERS / 8 || (layer - LAYERS / 8) % 3 == 2;
        return switch (name) {
            case "lm_head" -> DType.Q6_K;
            case "v_proj", "down_proj" -> more ? DType.Q6_K : DType.Q4_K;
            default -> DType.Q4_K;
        };
    }

    @Test
    void takesLessThanTwentyGibibytesInBfloat16() {
        MemoryPlan plan = plan(paper(), LargeModelPlanTest::bfloats);
        assertThat(plan.totalBytes()).isBetween(17 * GIB, 20 * GIB);
        assertThat(plan.deviceBytes()).isEqualTo(24 * GIB);
    }

    @Test
    void takesLessThanNineGibibytesInFourBits() {
        assertThat(plan(paper(), LargeModelPlanTest::mediumFourBits).totalBytes())
                .isBetween(6 * GIB, 9 * GIB);
    }

    /** Copies of caches lie in Java's heap: they are planned there and take nothing of the card. */
    @Test
    void thePrefixCacheTakesNothingOfTheCard() {
        MemoryPlan with = plan(paper().prefixCacheBytes(40 * GIB), LargeModelPlanTest::bfloats);
        MemoryPlan without = plan(paper().prefixCacheBytes(0), LargeModelPlanTest::bfloats);
        assertThat(with.prefixCacheBytes()).isEqualTo(40 * GIB);
        assertThat(with.totalBytes()).isEqualTo(without.totalBytes()).isEqualTo(with.loadBytes());
        assertThat(with.heap()).isFalse();
    }

    private static void fails(EngineOptions.Builder options, BiFunction<String, Integer, DType> types, String message) {
        assertThatThrownBy(() -> plan(options, types))
                .isInstanceOfSatisfying(
                        LocretException.class, e -> assertThat(e.id()).isEqualTo(ErrorId.NOT_ENOUGH_MEMORY))
                .hasMessageMatching(message);
    }

    @Test
    void whereOthersHoldMostOfTheCardTheErrorSaysWhatFits() {
        emulation.occupiedBytes(18 * GIB);
        String needed = "memory: needed=\\d+ MiB, available=6\\d{3} MiB of 24576 MiB \\(weights \\d+ MiB, "
                + "retaining heads \\d+ MiB, rotary table \\d+ MiB, cache.* of .* sessions? \\d+ MiB, "
                + "activations and scratch \\d+ MiB, logits \\d+ MiB\\); ";
        fails(paper(), LargeModelPlanTest::bfloats, needed + "no cache-budget fits");
        fails(paper(), LargeModelPlanTest::mediumFourBits, needed + "cache-budget=\\d+ fits");
        emulation.occupiedBytes(16 * GIB);
        fails(
                paper().maxSessions(3),
                LargeModelPlanTest::mediumFourBits,
                needed.replace("6\\d{3}", "8\\d{3}") + "max-sessions=1 fits, or cache-budget=\\d+ fits");
        plan(paper(), LargeModelPlanTest::mediumFourBits);
    }
}
