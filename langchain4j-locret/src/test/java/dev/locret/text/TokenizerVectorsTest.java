package dev.locret.text;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.locret.testing.DemoModel;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import java.util.zip.GZIPInputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Ids equal to llama.cpp's; {@code src/test/python/tokenizer_vectors.py} made the vectors. */
class TokenizerVectorsTest {
    private static final ObjectMapper JSON = new ObjectMapper();

    @Test
    void smolLm2IsEncodedAsByLlamaCpp() throws IOException {
        Path model = DemoModel.path();
        Tokenizer tokenizer = Tokenizer.fromGguf(GgufKeys.of(model), model.toString());
        assertThat(tokenizer.vocabularySize()).isEqualTo(49152);
        List<JsonNode> rows = rows("smollm2");
        assertThat(rows).hasSize(2000);
        compare(tokenizer, rows, 1);
    }

    @ParameterizedTest
    @CsvSource({
        "1, default",
        "2, llama-bpe",
        "3, qwen2",
        "4, qwen35",
        "5, smollm",
        "6, gpt-2",
        "7, falcon",
        "8, deepseek-llm",
        "9, deepseek-coder",
        "10, deepseek-v3",
        "11, bloom",
        "12, viking",
        "13, bailingmoe",
        "14, seed-coder",
        "17, dbrx"
    })
    void byteLevelKindsAreCutAsByLlamaCpp(int column, String preTokenizer) throws IOException {
        Tokenizer tokenizer = Tokenizer.fromGguf(GgufKeys.of(resource("bpe.gguf")), "bpe.gguf", preTokenizer);
        compare(tokenizer, rows("bpe"), column);
    }

    /**
     * llama.cpp has no expression for these two as the models' own tokenizers do: its takes combining marks for symbols
     * and letters outside ASCII for both cases. Ours are the models' own, which agree where neither occurs.
     */
    @ParameterizedTest
    @CsvSource({"15, tekken", "16, gpt-4o"})
    void kindsThatLlamaCppApproximatesAgreeWithoutMarksAndForeignCase(int column, String preTokenizer)
            throws IOException {
        Pattern approximated = Pattern.compile("\\p{M}|[\\p{Lu}\\p{Ll}&&[^\\x00-\\x7F]]");
        List<JsonNode> rows = rows("bpe");
        rows.removeIf(row -> approximated.matcher(row.get(0).asText()).find());
        assertThat(rows).hasSizeGreaterThan(100);
        compare(Tokenizer.fromGguf(GgufKeys.of(resource("bpe.gguf")), "bpe.gguf", preTokenizer), rows, column);
    }

    @ParameterizedTest
    @CsvSource({"spm", "spm-bare"})
    void sentencePieceIsEncodedAsByLlamaCpp(String name) throws IOException {
        Tokenizer tokenizer = Tokenizer.fromGguf(GgufKeys.of(resource(name + ".gguf")), name);
        compare(tokenizer, rows(name), 1);
    }

    private static void compare(Tokenizer tokenizer, List<JsonNode> rows, int column) {
        List<String> differences = new ArrayList<>();
        for (JsonNode row : rows) {
            int[] expected = JSON.convertValue(row.get(column), int[].class);
            int[] actual = tokenizer.encode(row.get(0).asText(), false);
            if (!java.util.Arrays.equals(expected, actual)) {
                differences.add(row.get(0) + "\n  llama.cpp " + names(tokenizer, expected) + "\n  ours      "
                        + names(tokenizer, actual));
            }
        }
        assertThat(differences).isEmpty();
    }

    private static List<String> names(Tokenizer tokenizer, int[] ids) {
        List<String> names = new ArrayList<>();
        for (int id : ids) {
            names.add(tokenizer.nameOf(id));
        }
        return names;
    }

    static List<JsonNode> rows(String name) throws IOException {
        List<JsonNode> rows = new ArrayList<>();
        try (BufferedReader lines = new BufferedReader(new InputStreamReader(
                new GZIPInputStream(
                        TokenizerVectorsTest.class.getResourceAsStream("/tokenizers/" + name + ".jsonl.gz")),
                StandardCharsets.UTF_8))) {
            for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                rows.add(JSON.readTree(line));
            }
        }
        return rows;
    }

    static Path resource(String name) {
        return Path.of("src/test/resources/tokenizers", name);
    }
}
