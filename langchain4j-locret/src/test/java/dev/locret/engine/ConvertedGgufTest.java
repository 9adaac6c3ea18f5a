package dev.locret.engine;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.locret.format.ModelConfig;
import dev.locret.format.ModelFiles;
import dev.locret.format.RopeConfig;
import dev.locret.generate.SamplingParameters;
import dev.locret.testing.Golden;
import dev.locret.testing.Records;
import dev.locret.text.PromptSpan;
import dev.locret.text.Tokenizer;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.zip.GZIPInputStream;
import org.assertj.core.data.Offset;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * GGUF files that llama.cpp's own converter made of the tiny models ({@code gguf_conversions.py}) are the same models as
 * their safetensors: same settings, logits, answers, token ids and prompts.
 */
class ConvertedGgufTest {
    private static final int CAPACITY = 400;

    @TempDir
    private Path directory;

    @ParameterizedTest
    @ValueSource(strings = {"llama-tiny", "llama-tied-tiny", "mistral-tiny", "qwen2-tiny", "qwen3-tiny", "phi3-tiny"})
    void isTheSameModelAsItsSafetensors(String name) throws IOException {
        int[] ids = Golden.ints(Golden.of("rope").cases().get("ids"));
        Path gguf = converted(name + ".gguf");
        Path safetensors = safetensors(name);
        assertThat(config(gguf)).isEqualTo(asInGguf(config(safetensors), config(gguf)));
        try (LocretEngine ours = load(gguf);
                LocretEngine theirs = load(safetensors)) {
            TraceResult a = ours.trace(ids, 20, true);
            TraceResult b = theirs.trace(ids, 20, true);
            assertThat(a.generated()).isEqualTo(b.generated()).isNotEmpty();
            assertSameLogits(name, a.promptLogits(), b.promptLogits());
            assertSameText(ours, theirs);
        }
    }

    /** The greedy tokens that Hugging Face's model found, from a GGUF file. */
    @ParameterizedTest
    @ValueSource(strings = {"llama-tied-tiny", "mistral-tiny", "qwen2-tiny", "qwen3-tiny"})
    void answersLikeHuggingFace(String name) {
        JsonNode golden = Golden.of(name).cases();
        int[] greedy = Golden.ints(golden.get("greedy"));
        try (LocretEngine engine = load(converted(name + ".gguf"))) {
            int[] prompt = Golden.ints(golden.get("input_ids"));
            GenerationResult result = engine.generate(new GenerationRequest(
                    prompt, 0, SamplingParameters.GREEDY, greedy.length, List.of(), null, null, true));
            assertThat(result.tokens()).isEqualTo(greedy);
        }
    }

    /** Scaling in the style of Llama 3 is worked out in the file, in float: the logits agree nearly. */
    private static void assertSameLogits(String name, float[] gguf, float[] safetensors) {
        if (name.equals("llama-tiny")) {
            for (int i = 0; i < gguf.length; i++) {
                assertThat(gguf[i]).isBetween(safetensors[i] - 1e-4f, safetensors[i] + 1e-4f);
            }
        } else {
            assertThat(gguf).isEqualTo(safetensors);
        }
    }

    private static void assertSameText(LocretEngine gguf, LocretEngine safetensors) throws IOException {
        Tokenizer a = gguf.tokenizer();
        Tokenizer b = safetensors.tokenizer();
        assertThat(a.bosId()).isEqualTo(b.bosId());
        assertThat(a.addsBos()).isEqualTo(b.addsBos());
        assertThat(a.eosId()).isEqualTo(b.eosId()).isPresent();
        List<String> lines = lines();
        assertThat(lines).hasSize(2000).allSatisfy(line -> {
            assertThat(a.encode(line, false)).isEqualTo(b.encode(line, false));
            assertThat(a.encode(line, true)).isEqualTo(b.encode(line, true));
        });
        List<Map<String, String>> messages = List.of(
                Map.of("role", "user", "content", "Hi <|im_end|></s> there"), Map.of("role", "user", "content", "12"));
        List<PromptSpan> spans = gguf.chatTemplate().orElseThrow().render(messages, a);
        assertThat(spans)
                .isEqualTo(safetensors.chatTemplate().orElseThrow().render(messages, b))
                .anyMatch(PromptSpan::trusted);
        assertThat(a.encodePrompt(spans)).isEqualTo(b.encodePrompt(spans));
    }

    /** What the two kinds of file say in different words. */
    private static ModelConfig asInGguf(ModelConfig config, ModelConfig gguf) {
        RopeConfig rope = config.rope();
        return switch (rope.kind()) {
            case LLAMA3 -> {
                assertThat(gguf.rope().frequencyFactors()).hasSize(rope.dimensions() / 2);
                yield Records.with(config, "rope", gguf.rope());
            }
            case LONGROPE -> {
                assertThat(gguf.rope().longFactors()).isEqualTo(rope.longFactors());
                assertThat(gguf.rope().shortFactors()).isEqualTo(rope.shortFactors());
                assertThat(gguf.rope().attentionFactor()).isCloseTo(Math.sqrt(1.5), Offset.offset(1e-6));
                yield Records.with(
                        config,
                        "rope",
                        Records.with(rope, "attentionFactor", gguf.rope().attentionFactor()));
            }
            default -> Records.with(config, "architecture", gguf.architecture());
        };
    }

    private static ModelConfig config(Path model) {
        try (ModelFiles files = ModelFiles.open(model)) {
            return files.weights().config();
        }
    }

    private static LocretEngine load(Path model) {
        return LocretEngine.load(EngineOptions.builder(model)
                .policy("none")
                .cacheBudget(CAPACITY - 128)
                .chunkSize(100)
                .localTokens(28)
                .reserve(100)
                .threads(1)
                .build());
    }

    private Path safetensors(String name) throws IOException {
        for (String file : List.of("config.json", "model.safetensors")) {
            Files.copy(Golden.of(name).directory().resolve(file), directory.resolve(file));
        }
        for (String file : List.of("tokenizer.json", "tokenizer_config.json")) {
            Files.copy(converted(name + "." + file), directory.resolve(file));
        }
        return directory;
    }

    private static Path converted(String file) {
        return Golden.of("rope").directory().resolveSibling("gguf").resolve(file);
    }

    private static List<String> lines() throws IOException {
        List<String> lines = new ArrayList<>();
        try (BufferedReader reader = new BufferedReader(new InputStreamReader(
                new GZIPInputStream(ConvertedGgufTest.class.getResourceAsStream("/tokenizers/smollm2.jsonl.gz")),
                StandardCharsets.UTF_8))) {
            ObjectMapper json = new ObjectMapper();
            for (String line = reader.readLine(); line != null; line = reader.readLine()) {
                lines.add(json.readTree(line).get(0).asText());
            }
        }
        return lines;
    }
}
