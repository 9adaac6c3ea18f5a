package dev.locret.eviction;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.data.Offset.offset;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.locret.backend.AttentionSpec;
import dev.locret.backend.AttentionSpec.PositionMode;
import dev.locret.backend.Backend;
import dev.locret.backend.EvictionSpec;
import dev.locret.backend.KvEntries;
import dev.locret.backend.KvSegment;
import dev.locret.backend.KvSlice;
import dev.locret.backend.Matrix;
import dev.locret.backend.cpu.CpuBackend;
import dev.locret.cache.CachePlan;
import dev.locret.cache.KvCache;
import dev.locret.format.Dequantizer;
import dev.locret.format.ModelConfig;
import dev.locret.format.ModelFiles;
import dev.locret.format.WeightSource;
import dev.locret.model.Decoder;
import dev.locret.model.RotaryEmbedding;
import dev.locret.model.Segment;
import dev.locret.tensor.DType;
import dev.locret.tensor.HostTensor;
import dev.locret.tensor.Shape;
import dev.locret.testing.Golden;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Set;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Scores of TrimKV's and KVzap's heads against PyTorch, and what is kept by them against their definitions. */
class HeadScoresTest {
    private static final int HEAD_DIM = 8;

    @ParameterizedTest
    @CsvSource({
        "vector, trimkv_weights.pth", "fallback, trimkv_weights.pth",
        "vector, dbtrimkv_weights.pth", "fallback, dbtrimkv_weights.pth",
        "vector, kvzap-linear.safetensors", "fallback, kvzap-linear.safetensors",
        "vector, kvzap-mlp.safetensors", "fallback, kvzap-mlp.safetensors"
    })
    void scoresAreThoseOfPyTorch(String kernels, String file) throws IOException {
        JsonNode golden = new ObjectMapper()
                .readTree(TrainedHeadFiles.path("expected.json").toFile());
        float[][] input = floats(golden.get("input"));
        ModelConfig config = TrainedHeadFiles.config("llama-tiny");
        try (Backend backend = new CpuBackend(2, kernels)) {
            ScoringHeads heads = ScoringHeads.of(TrainedHeadFiles.tensors(file), config, file);
            EvictionPolicy policy = EvictionPolicies.create(heads.kind().policy(), backend, heads, input.length);
            backend.reserveAttention(attention(config.kvHeads()), input.length, 16);
            Matrix device = Matrix.of(backend.loadFloats(tensor(input)), input[0].length);
            for (int layer = 0; layer < config.layers(); layer++) {
                KvSlice cache = backend.allocateCache("cache", config.kvHeads(), HEAD_DIM, 16);
                int width = config.kvHeads() * HEAD_DIM;
                Matrix keys = Matrix.of(backend.allocate("keys", (long) input.length * width), width);
                KvSegment segment = new KvSegment(cache, 0, input.length, 0);
                backend.append(keys, keys, segment);
                policy.scoreByInput(backend, layer, device, segment, 1);
                KvEntries entries = backend.copyEntries(cache);
                for (int head = 0; head < config.kvHeads(); head++) {
                    for (int row = 0; row < input.length; row++) {
                        float stored = entries.scores()[entries.first(head) + row];
                        double score = policy.decays() ? logSigmoid(stored) : stored;
                        double expected =
                                golden.get(file).get(layer).get(row).get(head).asDouble();
                        // Sums of 128 products of size 1 in another order.
                        assertThat(score).isCloseTo(expected, offset(2e-5 * Math.max(1, Math.abs(expected))));
                    }
                }
            }
        }
    }

    @Test
    void whatIsReadIsTheInputOfAttention() {
        try (Backend backend = new CpuBackend(1);
                ModelFiles files = ModelFiles.open(Golden.of("llama-tiny").directory())) {
            Decoder decoder =
                    new Decoder(files.weights(), backend, 16, 1, 16, PositionMode.CACHE, RotaryEmbedding.Factors.LONG);
            ModelConfig config = decoder.config();
            List<float[]> seen = new ArrayList<>();
            EvictionPolicy spy = new EvictionPolicy() {
                @Override
                public String name() {
                    return "spy";
                }

                @Override
                public Set<Signal> signals() {
                    return Set.of(Signal.ATTENTION_INPUT);
                }

                @Override
                public void scoreByInput(Backend b, int layer, Matrix input, KvSegment segment, int pooling) {
                    seen.add(b.download(input.from(segment.firstRow()), segment.rows()));
                }
            };
            int[] ids = {5, 77, 300};
            KvCache cache = KvCache.allocate(backend, config, 16);
            decoder.forward(List.of(new Segment(cache, ids, spy, 1, false)), () -> {});
            assertThat(seen).hasSize(config.layers());
            assertThat(seen.get(0)).containsExactly(firstInput(files.weights(), ids), offset(1e-5f));
        }
    }

    /** RMSNorm of the embeddings. */
    private static float[] firstInput(WeightSource weights, int[] ids) {
        ModelConfig config = weights.config();
        int size = config.hiddenSize();
        HostTensor embedding = weights.require("model.embed_tokens.weight", config.vocabularySize(), size);
        float[] norm = Dequantizer.rows(weights.require("model.layers.0.input_layernorm.weight", size), 0, 1);
        float[] out = new float[ids.length * size];
        for (int i = 0; i < ids.length; i++) {
            float[] row = Dequantizer.rows(embedding, ids[i], 1);
            double square = 0;
            for (float x : row) {
                square += (double) x * x;
            }
            for (int j = 0; j < size; j++) {
                out[i * size + j] = (float) (row[j] / Math.sqrt(square / size + config.normEpsilon()) * norm[j]);
            }
        }
        return out;
    }

    @Test
    void decayingEntriesFadeWithTheirAge() {
        try (Backend backend = new CpuBackend(1)) {
            backend.reserveAttention(attention(1), 8, 16);
            KvSlice slice = backend.allocateCache("cache", 1, HEAD_DIM, 16);
            Matrix keys = Matrix.of(backend.allocate("keys", 8L * HEAD_DIM), HEAD_DIM);
            KvSegment segment = new KvSegment(slice, 0, 8, 0);
            backend.append(keys, keys, segment);
            float[][] logits = {{3}, {1}, {-2}, {0.5f}, {-3}, {2}, {-1}, {0}};
            backend.storeScores(Matrix.of(backend.loadFloats(tensor(logits)), 1), segment, 1);
            backend.evict(slice, new EvictionSpec(new int[] {5}, 0, 0, null, 1, null, 9, false));
            // Ages 9 to 2: the score of entry i is log sigmoid(logit) · (9 - i).
            int[] expected = IntStream.range(0, 8)
                    .boxed()
                    .sorted(Comparator.comparingDouble(i -> -logSigmoid(logits[i][0]) * (9 - i)))
                    .limit(5)
                    .mapToInt(i -> i)
                    .sorted()
                    .toArray();
            assertThat(backend.downloadPositions(slice, 0))
                    .containsExactly(expected)
                    .containsExactly(0, 1, 3, 5, 7);
            // By the logits alone another entry would have stayed than by their ages, and they stay as they are.
            assertThat(Arrays.copyOf(backend.copyEntries(slice).scores(), 5)).containsExactly(3, 1, 0.5f, 2, 0);
            // 100 tokens later the decay counts more than the difference of ages.
            backend.evict(slice, new EvictionSpec(new int[] {2}, 0, 0, null, 1, null, 109, false));
            assertThat(backend.downloadPositions(slice, 0)).containsExactly(0, 5);
        }
    }

    @Test
    void anEvictorSaysHowOldEntriesAre() {
        try (Backend backend = new CpuBackend(1);
                ModelFiles files = ModelFiles.open(Golden.of("llama-tiny").directory())) {
            CachePlan plan = new CachePlan(12, 20, 2, 4, 4, 0, 1);
            Decoder decoder = new Decoder(
                    files.weights(), backend, 20, 1, plan.longest(), PositionMode.CACHE, RotaryEmbedding.Factors.LONG);
            EvictionPolicy policy = EvictionPolicies.create("trimkv", backend, TrainedHeadFiles.of("trimkv"), 20);
            KvCache cache = KvCache.allocate(backend, decoder.config(), plan);
            int[] ids = IntStream.range(3, 23).toArray();
            decoder.forward(List.of(new Segment(cache, ids, policy, 1, false)), () -> {});
            KvEntries before = backend.copyEntries(cache.layer(1));
            new Evictor(backend, plan).afterChunk(cache, policy, true);
            for (int head = 0; head < decoder.config().kvHeads(); head++) {
                int first = before.first(head);
                int[] best = IntStream.range(0, 20)
                        .boxed()
                        .sorted(Comparator.comparingDouble(i -> -logSigmoid(before.scores()[first + i]) * (20 + 1 - i)))
                        .limit(12)
                        .mapToInt(i -> i)
                        .sorted()
                        .toArray();
                assertThat(backend.downloadPositions(cache.layer(1), head)).containsExactly(best);
            }
        }
    }

    private static AttentionSpec attention(int kvHeads) {
        return new AttentionSpec(kvHeads, kvHeads, HEAD_DIM, 1, PositionMode.CACHE);
    }

    private static double logSigmoid(double x) {
        return -Math.log(1 + Math.exp(-x));
    }

    private static float[][] floats(JsonNode rows) {
        float[][] out = new float[rows.size()][rows.get(0).size()];
        for (int i = 0; i < out.length; i++) {
            for (int j = 0; j < out[i].length; j++) {
                out[i][j] = (float) rows.get(i).get(j).asDouble();
            }
        }
        return out;
    }

    private static HostTensor tensor(float[][] rows) {
        ByteBuffer bytes = ByteBuffer.allocate(4 * rows.length * rows[0].length).order(ByteOrder.LITTLE_ENDIAN);
        for (float[] row : rows) {
            for (float value : row) {
                bytes.putFloat(value);
            }
        }
        Shape shape = Shape.of(1, (long) rows.length * rows[0].length);
        return new HostTensor("rows", DType.F32, shape, (offset, length) -> bytes.slice(Math.toIntExact(offset), length)
                .order(ByteOrder.LITTLE_ENDIAN));
    }
}
