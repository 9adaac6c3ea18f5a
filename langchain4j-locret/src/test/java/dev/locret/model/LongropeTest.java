package dev.locret.model;

import static org.assertj.core.api.Assertions.assertThat;

import dev.locret.backend.AttentionSpec.PositionMode;
import dev.locret.backend.Backend;
import dev.locret.backend.Matrix;
import dev.locret.backend.cpu.CpuBackend;
import dev.locret.cache.KvCache;
import dev.locret.eviction.FullAttention;
import dev.locret.format.ModelConfig;
import dev.locret.format.ModelFiles;
import dev.locret.format.RopeConfig;
import dev.locret.format.WeightSource;
import dev.locret.model.RotaryEmbedding.Factors;
import dev.locret.testing.Golden;
import dev.locret.testing.Records;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Which factors of longrope a text gets: the tiny Phi-3's original window is 256 tokens. */
class LongropeTest {
    private static final int WINDOW = 256;
    private static final int CHUNK = 100;

    private final Golden golden = Golden.of("phi3-tiny");
    private final int[] ids = Golden.ints(golden.locretCase("ragged_last_chunk").get("input_ids"));

    @Test
    void autoTakesTheShortFactorsInsideTheOriginalWindow() {
        int[] text = Arrays.copyOf(ids, WINDOW);
        assertThat(logits(text, Factors.AUTO, false)).isEqualTo(logits(text, Factors.LONG, true));
        assertThat(logits(text, Factors.AUTO, false)).isNotEqualTo(logits(text, Factors.LONG, false));
    }

    /** From the first chunk on, since what is computed with other factors is another text to the model. */
    @Test
    void autoTakesTheLongFactorsForALongerTextFromItsFirstChunk() {
        int[] text = Arrays.copyOf(ids, WINDOW + 1);
        assertThat(logits(text, Factors.AUTO, false)).isEqualTo(logits(text, Factors.LONG, false));
    }

    private float[] logits(int[] text, Factors factors, boolean shortAsLong) {
        try (Backend backend = new CpuBackend(1, "fallback");
                ModelFiles files = ModelFiles.open(golden.directory())) {
            WeightSource source = shortAsLong ? withShortAsLong(files.weights()) : files.weights();
            Decoder decoder = new Decoder(source, backend, CHUNK, 1, 512, PositionMode.CACHE, factors);
            KvCache cache = KvCache.allocate(backend, decoder.config(), 512);
            cache.expect(text.length);
            Matrix logits = null;
            for (int begin = 0; begin < text.length; begin += CHUNK) {
                int[] part = Arrays.copyOfRange(text, begin, Math.min(text.length, begin + CHUNK));
                logits = decoder.forward(List.of(new Segment(cache, part, new FullAttention(), 1, true)), () -> {});
            }
            return backend.download(logits, 1);
        }
    }

    /** The same model, whose long factors are what its short ones were. */
    private static WeightSource withShortAsLong(WeightSource source) {
        RopeConfig rope = source.config().rope();
        ModelConfig config =
                Records.with(source.config(), "rope", Records.with(rope, "longFactors", rope.shortFactors()));
        return new TrackedSource(source) {
            @Override
            public ModelConfig config() {
                return config;
            }
        };
    }
}
