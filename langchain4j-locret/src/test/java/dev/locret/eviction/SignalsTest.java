package dev.locret.eviction;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.data.Offset.offset;

import dev.locret.backend.AttentionSpec.PositionMode;
import dev.locret.backend.KvEntries;
import dev.locret.backend.Matrix;
import dev.locret.backend.cpu.CpuBackend;
import dev.locret.cache.KvCache;
import dev.locret.format.ModelFiles;
import dev.locret.model.Decoder;
import dev.locret.model.RotaryEmbedding;
import dev.locret.model.Segment;
import dev.locret.testing.Golden;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Scores of policies that read more of a forward than queries, keys and values, against what they are defined by. */
class SignalsTest {
    private static final int TOKENS = 77;
    private static final int[] IDS =
            IntStream.range(0, TOKENS).map(i -> 3 + i * 31 % 500).toArray();

    @ParameterizedTest
    @ValueSource(strings = {"vector", "fallback"})
    void surpriseIsMinusTheLogarithmOfATokensProbability(String kernels) {
        try (CpuBackend backend = new CpuBackend(2, kernels);
                ModelFiles files = ModelFiles.open(Golden.of("llama-tiny").directory())) {
            Decoder decoder = decoder(files, backend);
            KvCache cache = read(decoder, new SirLlm(), IDS);
            double[] expected = new double[TOKENS];
            for (int token = 1; token < TOKENS; token++) {
                KvCache prefix = KvCache.allocate(backend, decoder.config(), TOKENS);
                int[] before = Arrays.copyOf(IDS, token);
                Matrix logits =
                        decoder.forward(List.of(new Segment(prefix, before, new FullAttention(), 1, true)), () -> {});
                float[] row = backend.download(logits, 1);
                double sum = 0;
                for (float logit : row) {
                    sum += Math.exp(logit);
                }
                expected[token] = Math.log(sum) - row[IDS[token]];
                expected[0] += expected[token] / (TOKENS - 1);
            }
            for (int layer = 0; layer < cache.layers(); layer++) {
                KvEntries entries = backend.copyEntries(cache.layer(layer));
                for (int i = 0; i < entries.entries(); i++) {
                    // Rows of a chunk are multiplied in another order than a single one, through all layers.
                    assertThat((double) entries.scores()[i]).isCloseTo(expected[entries.positions()[i]], offset(1e-3));
                }
            }
        }
    }

    @Test
    void attentionSumsToOneForEachTokenAndQueryHead() {
        try (CpuBackend backend = new CpuBackend(2);
                ModelFiles files = ModelFiles.open(Golden.of("llama-tiny").directory())) {
            Decoder decoder = decoder(files, backend);
            // Also in the last layer, whose output nobody reads.
            assertMass(
                    backend,
                    read(decoder, new HeavyHitters(), IDS),
                    TOKENS * decoder.config().groupSize());
            assertMass(
                    backend,
                    read(decoder, new SnapKv(), IDS),
                    32 * decoder.config().groupSize());
            assertMass(backend, read(decoder, new Tova(), IDS), decoder.config().groupSize());
            // A step adds to what the window observed.
            KvCache cache = read(decoder, new SnapKv(), IDS);
            decoder.forward(List.of(new Segment(cache, new int[] {5}, new SnapKv(), 1, false)), () -> {});
            assertMass(backend, cache, 33 * decoder.config().groupSize());
        }
    }

    @Test
    void randomScoresDifferByHeadAndLayerAndStay() {
        try (CpuBackend backend = new CpuBackend(1);
                ModelFiles files = ModelFiles.open(Golden.of("llama-tiny").directory())) {
            KvCache cache = read(decoder(files, backend), new RandomEntries(), IDS);
            Set<Float> seen = new HashSet<>();
            for (int layer = 0; layer < cache.layers(); layer++) {
                new RandomEntries().scoreEntries(backend, layer, cache.layer(layer));
                float[] scores = backend.copyEntries(cache.layer(layer)).scores();
                for (float score : scores) {
                    assertThat(score).isBetween(0f, 1f);
                    seen.add(score);
                }
                new RandomEntries().scoreEntries(backend, layer, cache.layer(layer));
                assertThat(backend.copyEntries(cache.layer(layer)).scores()).isEqualTo(scores);
            }
            assertThat(seen).hasSizeGreaterThan((int) cache.entries() * 99 / 100);
        }
    }

    private static Decoder decoder(ModelFiles files, CpuBackend backend) {
        return new Decoder(
                files.weights(), backend, TOKENS, 1, TOKENS + 1, PositionMode.CACHE, RotaryEmbedding.Factors.LONG);
    }

    private static KvCache read(Decoder decoder, EvictionPolicy policy, int[] ids) {
        KvCache cache = KvCache.allocate(decoder.backend(), decoder.config(), TOKENS + 1);
        decoder.forward(List.of(new Segment(cache, ids, policy, 1, false)), () -> {});
        return cache;
    }

    private static void assertMass(CpuBackend backend, KvCache cache, int expected) {
        for (int layer = 0; layer < cache.layers(); layer++) {
            KvEntries entries = backend.copyEntries(cache.layer(layer));
            for (int head = 0; head < cache.layer(layer).kvHeads(); head++) {
                double sum = 0;
                for (int i = 0; i < entries.lengths()[head]; i++) {
                    sum += entries.scores()[entries.first(head) + i];
                }
                assertThat(sum).isCloseTo(expected, offset(1e-4 * expected));
            }
        }
    }
}
