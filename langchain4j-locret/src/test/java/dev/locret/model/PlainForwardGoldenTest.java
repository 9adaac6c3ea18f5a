package dev.locret.model;

import static org.assertj.core.api.Assertions.assertThat;

import dev.locret.backend.AttentionSpec.PositionMode;
import dev.locret.backend.Backend;
import dev.locret.backend.Matrix;
import dev.locret.backend.SamplingSpec;
import dev.locret.backend.cpu.CpuBackend;
import dev.locret.backend.cuda.CudaBackend;
import dev.locret.cache.KvCache;
import dev.locret.eviction.FullAttention;
import dev.locret.format.ModelFiles;
import dev.locret.testing.EmulatedCuda;
import dev.locret.testing.Golden;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Hugging Face's own logits and greedy tokens: tied embeddings, head sizes of their own, biases, q/k norms. */
class PlainForwardGoldenTest {
    @ParameterizedTest
    @CsvSource({
        "llama-tied-tiny, vector, CACHE",
        "llama-tied-tiny, fallback, CACHE",
        "llama-tied-tiny, vector, ORIGINAL",
        "mistral-tiny, vector, CACHE",
        "mistral-tiny, fallback, CACHE",
        "qwen2-tiny, vector, CACHE",
        "qwen2-tiny, fallback, CACHE",
        "qwen3-tiny, vector, CACHE",
        "qwen3-tiny, fallback, CACHE",
        "qwen3-tiny, fallback, ORIGINAL"
    })
    void logitsAndGreedyTokensAreHuggingFaces(String model, String kernels, PositionMode positions) {
        verify(model, positions, new CpuBackend(2, kernels));
    }

    @ParameterizedTest
    @CsvSource({
        "llama-tied-tiny, CACHE",
        "llama-tied-tiny, ORIGINAL",
        "mistral-tiny, CACHE",
        "qwen2-tiny, CACHE",
        "qwen3-tiny, ORIGINAL"
    })
    @EnabledOnOs(value = OS.LINUX, architectures = "amd64")
    void soAreThoseOfTheEmulatedCard(String model, PositionMode positions) {
        EmulatedCuda.install();
        System.setProperty("locret.cuda.precision", "full");
        try {
            verify(model, positions, CudaBackend.open(0));
        } finally {
            System.clearProperty("locret.cuda.precision");
        }
    }

    private static void verify(String model, PositionMode positions, Backend opened) {
        Golden golden = Golden.of(model);
        int[] ids = Golden.ints(golden.cases().get("input_ids"));
        int[] greedy = Golden.ints(golden.cases().get("greedy"));
        try (Backend backend = opened;
                ModelFiles files = ModelFiles.open(golden.directory())) {
            Decoder decoder =
                    new Decoder(files.weights(), backend, 150, 1, 200, positions, RotaryEmbedding.Factors.AUTO);
            KvCache cache = KvCache.allocate(backend, decoder.config(), 200);
            int vocabulary = decoder.config().vocabularySize();
            float[] at = new float[3 * vocabulary];
            Matrix logits = null;
            int done = 0;
            int row = 0;
            for (int end : new int[] {1, 76, 150}) {
                logits = decoder.forward(List.of(segment(cache, Arrays.copyOfRange(ids, done, end))), () -> {});
                System.arraycopy(backend.download(logits, 1), 0, at, row++ * vocabulary, vocabulary);
                done = end;
            }
            golden.assertClose("logits_at_0_75_149", at);
            int[] tokens = new int[greedy.length];
            for (int i = 0; i < greedy.length; i++) {
                tokens[i] = backend.sample(logits, new SamplingSpec[] {SamplingSpec.GREEDY})[0];
                logits = decoder.forward(List.of(segment(cache, new int[] {tokens[i]})), () -> {});
            }
            assertThat(tokens).containsExactly(greedy);
        }
    }

    private static Segment segment(KvCache cache, int[] ids) {
        return new Segment(cache, ids, new FullAttention(), 1, true);
    }
}
