package dev.locret.model;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.locret.backend.AttentionSpec.PositionMode;
import dev.locret.backend.Backend;
import dev.locret.backend.Matrix;
import dev.locret.backend.SamplingSpec;
import dev.locret.backend.cpu.CpuBackend;
import dev.locret.cache.KvCache;
import dev.locret.eviction.FullAttention;
import dev.locret.format.ModelConfig;
import dev.locret.format.ModelConfigJson;
import dev.locret.format.ModelFiles;
import dev.locret.model.RotaryEmbedding.Factors;
import dev.locret.testing.Golden;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Hugging Face's own results for every kind of rotary scaling; {@code rope_vectors.py} made them. */
class RopeGoldenTest {
    private static final int WINDOW = 256;
    private static final int CHUNK = 100;

    private final Golden golden = Golden.of("rope");
    private final int[] ids = Golden.ints(golden.cases().get("ids"));

    @TempDir
    private Path directory;

    /** Cosines and sines up to position 9000. */
    @ParameterizedTest
    @ValueSource(strings = {"linear", "dynamic", "yarn", "yarn-betas", "llama3"})
    void tablesAreHuggingFaces(String kind) throws IOException {
        JsonNode expected = kind(kind);
        ModelConfig config = ModelConfigJson.read(model(expected).resolve("config.json"));
        int[] positions = Golden.ints(expected.get("positions"));
        int covered = positions[positions.length - 1] + 1;
        float[] frequencies = RotaryEmbedding.frequencies(config, covered, false);
        double scale = RotaryEmbedding.attentionFactor(config);
        float[] cosines = golden.expected(kind + ".cos");
        float[] sines = golden.expected(kind + ".sin");
        for (int p = 0; p < positions.length; p++) {
            for (int j = 0; j < frequencies.length; j++) {
                double angle = (double) positions[p] * frequencies[j];
                // A frequency is right to about two units of its last place, and the position multiplies the error.
                double tolerance = 1e-6 + angle * 0x1p-22;
                int at = p * frequencies.length + j;
                assertThat(Math.cos(angle) * scale - cosines[at])
                        .as("cosine at %d of pair %d", positions[p], j)
                        .isBetween(-tolerance, tolerance);
                assertThat(Math.sin(angle) * scale - sines[at])
                        .as("sine at %d of pair %d", positions[p], j)
                        .isBetween(-tolerance, tolerance);
            }
        }
    }

    /** A text of nearly five times the original window. */
    @ParameterizedTest
    @ValueSource(strings = {"linear", "dynamic", "yarn", "yarn-betas", "llama3"})
    void logitsBeyondTheOriginalWindowAreHuggingFaces(String kind) throws IOException {
        JsonNode expected = kind(kind);
        int length = expected.get("length").asInt();
        // Dynamic scaling looks at the longest text that fits, so this one fills the cache.
        golden.assertClose(kind + ".logits", run(model(expected), length, length, 0, null));
    }

    /** However long the cache is. */
    @Test
    void dynamicScalingLeavesTextsInsideTheWindowAlone() throws IOException {
        golden.assertClose("dynamic.inside", run(model(kind("dynamic")), 64, 512, 0, null));
    }

    @ParameterizedTest
    @ValueSource(ints = {230, 250, 255, 256, 257, 270})
    void longropeAroundTheOriginalWindowIsHuggingFaces(int length) {
        List<Integer> tokens = new ArrayList<>();
        JsonNode edge = edge(length);
        int[] greedy = Golden.ints(edge.get("greedy"));
        Path model = Golden.of("phi3-tiny").directory();
        golden.assertClose("longrope." + length, run(model, length, 512, greedy.length, tokens));
        // At the window's end Hugging Face throws its cache away and reads the text again with the long factors; what
        // is computed here stays. Up to there, and for texts that do not cross it, the answers are the same.
        int same = length <= WINDOW ? Math.min(greedy.length, WINDOW - length + 1) : greedy.length;
        assertThat(tokens.subList(0, same))
                .containsExactlyElementsOf(
                        Arrays.stream(greedy).limit(same).boxed().toList());
    }

    private JsonNode kind(String name) {
        for (JsonNode kind : golden.cases().get("kinds")) {
            if (kind.get("name").asText().equals(name)) {
                return kind;
            }
        }
        throw new IllegalArgumentException("no kind " + name);
    }

    private JsonNode edge(int length) {
        for (JsonNode edge : golden.cases().get("edges")) {
            if (edge.get("length").asInt() == length) {
                return edge;
            }
        }
        throw new IllegalArgumentException("no edge " + length);
    }

    /** The tiny Llama with other rope settings. */
    private Path model(JsonNode kind) throws IOException {
        Path source = Golden.of("llama-tied-tiny").directory();
        ObjectMapper json = new ObjectMapper();
        ObjectNode config =
                (ObjectNode) json.readTree(source.resolve("config.json").toFile());
        config.setAll((ObjectNode) kind.get("changes"));
        json.writeValue(directory.resolve("config.json").toFile(), config);
        Files.copy(source.resolve("model.safetensors"), directory.resolve("model.safetensors"));
        return directory;
    }

    /** Logits after the prompt; adds {@code answer} greedy tokens to {@code tokens}. */
    private float[] run(Path model, int prompt, int capacity, int answer, List<Integer> tokens) {
        try (Backend backend = new CpuBackend(1, "fallback");
                ModelFiles files = ModelFiles.open(model)) {
            Decoder decoder =
                    new Decoder(files.weights(), backend, CHUNK, 1, capacity, PositionMode.CACHE, Factors.AUTO);
            KvCache cache = KvCache.allocate(backend, decoder.config(), capacity);
            cache.expect(prompt);
            Matrix logits = null;
            for (int begin = 0; begin < prompt; begin += CHUNK) {
                logits = forward(decoder, cache, Arrays.copyOfRange(ids, begin, Math.min(prompt, begin + CHUNK)));
            }
            float[] afterPrompt = backend.download(logits, 1);
            for (int i = 0; i < answer; i++) {
                int token = backend.sample(logits, new SamplingSpec[] {SamplingSpec.GREEDY})[0];
                tokens.add(token);
                logits = forward(decoder, cache, new int[] {token});
            }
            return afterPrompt;
        }
    }

    private static Matrix forward(Decoder decoder, KvCache cache, int[] tokens) {
        return decoder.forward(List.of(new Segment(cache, tokens, new FullAttention(), 1, true)), () -> {});
    }
}
