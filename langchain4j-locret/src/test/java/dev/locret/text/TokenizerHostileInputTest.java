package dev.locret.text;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.locret.common.ErrorId;
import dev.locret.common.LocretException;
import dev.locret.testing.Mutations;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Files that lie about themselves end in an error that names the item. */
class TokenizerHostileInputTest {
    private static final String KEY = "tokenizer.ggml.";

    /** The tiny vocabulary in a file: a length, a few bytes, a type and a score for each token. */
    private static final int BYTES_OF_METADATA = 264 * 24;

    @TempDir
    Path directory;

    private static Arguments gguf(String message, Consumer<Map<String, Object>> change) {
        return Arguments.of(message, change);
    }

    @SuppressWarnings("unchecked")
    private static List<Object> list(Map<String, Object> metadata, String key) {
        return (List<Object>) metadata.get(KEY + key);
    }

    static Stream<Arguments> ggufCases() {
        return Stream.of(
                gguf("tokenizer.ggml.model=null is not supported", m -> m.remove(KEY + "model")),
                gguf("tokenizer.ggml.model=bert is not supported, known are gpt2", m -> m.put(KEY + "model", "bert")),
                gguf("tokenizer.ggml.model must be a string, is Long", m -> m.put(KEY + "model", 3L)),
                gguf("tokenizer.ggml.tokens is missing", m -> m.remove(KEY + "tokens")),
                gguf("tokenizer.ggml.tokens must be an array, is String", m -> m.put(KEY + "tokens", "a")),
                gguf("tokenizer.ggml.tokens has 0 items", m -> m.put(KEY + "tokens", List.of())),
                gguf(
                        "tokenizer.ggml.tokens has 5000000 items, allowed are 1..4000000",
                        m -> m.put(KEY + "tokens", Collections.nCopies(5_000_000, "a"))),
                gguf("tokenizer.ggml.tokens[7] must be a string, is Long", m -> list(m, "tokens")
                        .set(7, 1L)),
                gguf("token 'he' has two ids, 7 and 256", m -> list(m, "tokens").set(7, "he")),
                gguf("token 7 has 70000 characters, allowed are 65536", m -> list(m, "tokens")
                        .set(7, "a".repeat(70_000))),
                gguf(
                        "tokenizer.ggml.token_type has 2 items for 264 tokens",
                        m -> m.put(KEY + "token_type", List.of(1L, 1L))),
                gguf("tokenizer.ggml.token_type[9]=17 is unknown, known are 0..6", m -> list(m, "token_type")
                        .set(9, 17L)),
                gguf("tokenizer.ggml.token_type[9]=null is unknown, known are 0..6", m -> list(m, "token_type")
                        .set(9, null)),
                gguf("tokenizer.ggml.merges is missing", m -> m.remove(KEY + "merges")),
                gguf("merge 3 'q z' names 'qz', which is not in the vocabulary", m -> list(m, "merges")
                        .add("q z")),
                gguf("merge 3 'qq z' names 'qq', which is not in the vocabulary", m -> list(m, "merges")
                        .add("qq z")),
                gguf("merge 3 'h e' is there twice", m -> list(m, "merges").add("h e")),
                gguf("merge 3 'he' is not two tokens", m -> list(m, "merges").add("he")),
                gguf("merge 3 'h ' is not two tokens", m -> list(m, "merges").add("h ")),
                gguf(
                        "tokenizer.ggml.bos_token_id=264 is outside the vocabulary of 264",
                        m -> m.put(KEY + "bos_token_id", 264L)),
                gguf(
                        "tokenizer.ggml.eos_token_id=-1 is outside the vocabulary of 264",
                        m -> m.put(KEY + "eos_token_id", -1L)),
                gguf(
                        "tokenizer.ggml.add_bos_token is true, but tokenizer.ggml.bos_token_id is missing",
                        m -> m.remove(KEY + "bos_token_id")),
                gguf("tokenizer.ggml.add_bos_token must be a boolean", m -> m.put(KEY + "add_bos_token", 1L)),
                gguf("tokenizer.ggml.scores is missing", m -> m.put(KEY + "model", "llama")),
                gguf("tokenizer.ggml.scores has 1 items for 264 tokens", m -> {
                    m.put(KEY + "model", "llama");
                    m.put(KEY + "scores", List.of(1.0));
                }),
                gguf("tokenizer.ggml.scores[0]=NaN is not a number", m -> {
                    m.put(KEY + "model", "llama");
                    m.put(KEY + "scores", Collections.nCopies(264, Double.NaN));
                }),
                gguf("special and user-defined tokens have 12", m -> {
                    for (int i = 0; i < 200; i++) {
                        list(m, "tokens").add("x".repeat(6_000) + i);
                        list(m, "token_type").add(3L);
                    }
                }));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("ggufCases")
    void ggufErrorsNameTheItem(String message, Consumer<Map<String, Object>> change) {
        Map<String, Object> metadata = TinyVocabulary.gguf();
        change.accept(metadata);
        assertThatThrownBy(() -> Tokenizer.fromGguf(metadata, "model.gguf"))
                .isInstanceOfSatisfying(
                        LocretException.class, e -> assertThat(e.id()).isEqualTo(ErrorId.TOKENIZER))
                .hasMessageStartingWith("tokenizer: " + message)
                .hasMessageEndingWith(": model.gguf");
    }

    @Test
    void missingOrUnknownPreTokenizerIsRefusedWithTheKnownNamesAndTheCure() {
        Map<String, Object> metadata = TinyVocabulary.gguf();
        metadata.remove(KEY + "pre");
        assertThatThrownBy(() -> Tokenizer.fromGguf(metadata, "model.gguf"))
                .isInstanceOfSatisfying(
                        LocretException.class, e -> assertThat(e.id()).isEqualTo(ErrorId.TOKENIZER))
                .hasMessageStartingWith("tokenizer: tokenizer.ggml.pre is missing; name the right one with"
                        + " -Dlocret.tokenizer.pre=NAME; known are ")
                .hasMessageContainingAll("deepseek-coder", "gpt-2", "llama-bpe", "qwen2", "smollm", "tekken")
                .hasMessageEndingWith(": model.gguf");
        metadata.put(KEY + "pre", "nonsense");
        assertThatThrownBy(() -> Tokenizer.fromGguf(metadata, "model.gguf"))
                .hasMessageStartingWith("tokenizer: tokenizer.ggml.pre names an unknown pre-tokenizer 'nonsense'; ");
        assertThat(Tokenizer.fromGguf(metadata, "model.gguf", "gpt-2").encode("hell", false))
                .containsExactly(258);
    }

    @Test
    void propertyNamesThePreTokenizer() {
        Map<String, Object> metadata = TinyVocabulary.gguf();
        metadata.remove(KEY + "pre");
        System.setProperty(Tokenizer.PRE_TOKENIZER_PROPERTY, "gpt-2");
        try {
            assertThat(Tokenizer.fromGguf(metadata, "model.gguf").encode("hell", false))
                    .containsExactly(258);
        } finally {
            System.clearProperty(Tokenizer.PRE_TOKENIZER_PROPERTY);
        }
    }

    @Test
    void everyPreTokenizerOfTheTableIsUnderstoodByTheLibrary() {
        for (String name : List.of("tekken", "gpt-4o", "falcon3", "chatglm-bpe", "dbrx", "poro-chat", "olmo")) {
            Tokenizer tokenizer = Tokenizer.fromGguf(TinyVocabulary.gguf(), "model.gguf", name);
            String text = "Hello, WORLD's 12345 naïve  中文\n\n";
            assertThat(tokenizer.decode(tokenizer.encode(text, false), true)).isEqualTo(text);
        }
    }

    static Stream<Arguments> jsonCases() {
        return Stream.of(
                Arguments.of("there is no object 'model'", (Consumer<ObjectNode>) r -> r.remove("model")),
                Arguments.of("model type 'Unigram' is not supported, known is BPE", (Consumer<ObjectNode>)
                        r -> ((ObjectNode) r.get("model")).put("type", "Unigram")),
                Arguments.of("decoder WordPiece is not supported", (Consumer<ObjectNode>)
                        r -> r.putObject("decoder").put("type", "WordPiece")),
                Arguments.of("decoder (none) is not supported", (Consumer<ObjectNode>) r -> r.putNull("decoder")),
                Arguments.of(
                        "normalizer 'Precompiled' is not supported, known are Lowercase, NFC",
                        (Consumer<ObjectNode>) r -> r.putObject("normalizer").put("type", "Precompiled")),
                Arguments.of("pre_tokenizer 'Magic' is not supported", (Consumer<ObjectNode>)
                        r -> r.putObject("pre_tokenizer")
                                .put("type", "Sequence")
                                .putArray("pretokenizers")
                                .addObject()
                                .put("type", "Magic")),
                Arguments.of("model.unk_token '<none>' is not in the vocabulary", (Consumer<ObjectNode>)
                        r -> ((ObjectNode) r.get("model")).put("unk_token", "<none>")),
                Arguments.of("model.end_of_word_suffix='</w>' is not supported", (Consumer<ObjectNode>)
                        r -> ((ObjectNode) r.get("model")).put("end_of_word_suffix", "</w>")),
                Arguments.of("'added_tokens' is not a list", (Consumer<ObjectNode>) r -> r.put("added_tokens", 1)),
                Arguments.of("added_tokens[0] has no text 'content'", (Consumer<ObjectNode>)
                        r -> r.putArray("added_tokens").addObject()),
                Arguments.of("id 5 is given to", (Consumer<ObjectNode>)
                        r -> r.putArray("added_tokens").addObject().put("id", 5).put("content", "other")),
                Arguments.of("token 'big' has id 2000000000, allowed are 0..3999999", (Consumer<ObjectNode>)
                        r -> ((ObjectNode) r.get("model").get("vocab")).put("big", 2_000_000_000)),
                Arguments.of("'model.merges' is not a list", (Consumer<ObjectNode>)
                        r -> ((ObjectNode) r.get("model")).put("merges", 1)),
                Arguments.of("merge 0 'x' is not two tokens", (Consumer<ObjectNode>)
                        r -> ((ObjectNode) r.get("model")).putArray("merges").add("x")));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("jsonCases")
    void jsonErrorsNameTheItem(String message, Consumer<ObjectNode> change) throws IOException {
        ObjectNode root = TinyVocabulary.json();
        change.accept(root);
        Path file = TinyVocabulary.write(directory, "tokenizer.json", root);
        assertThatThrownBy(() -> Tokenizer.fromJson(file, null))
                .isInstanceOfSatisfying(
                        LocretException.class, e -> assertThat(e.id()).isEqualTo(ErrorId.TOKENIZER))
                .hasMessageStartingWith("tokenizer: " + message)
                .hasMessageEndingWith(": " + file);
    }

    @Test
    void missingFileAndNonsenseAreToldApart() throws IOException {
        assertThatThrownBy(() -> Tokenizer.fromJson(directory.resolve("none.json"), null))
                .isInstanceOfSatisfying(
                        LocretException.class, e -> assertThat(e.id()).isEqualTo(ErrorId.FILE_NOT_READABLE));
        Path nonsense = Files.writeString(directory.resolve("nonsense.json"), "{\"model\": ");
        assertThatThrownBy(() -> Tokenizer.fromJson(nonsense, null)).hasMessageStartingWith("tokenizer: not JSON: ");
    }

    @Test
    void mutatedFilesLoadOrFailWithATypedError() throws IOException {
        ObjectNode root = TinyVocabulary.json();
        // In front, where most edits go, everything that the library interprets.
        ObjectNode ordered = TinyVocabulary.JSON.createObjectNode();
        ordered.set(
                "normalizer",
                TinyVocabulary.JSON.readTree(
                        "{\"type\":\"Sequence\",\"normalizers\":["
                                + "{\"type\":\"Prepend\",\"prepend\":\"_\"},{\"type\":\"Replace\",\"pattern\":{\"String\":\" \"},"
                                + "\"content\":\"_\"},{\"type\":\"Strip\",\"strip_left\":true,\"strip_right\":false},{\"type\":\"NFC\"}]}"));
        ordered.set(
                "pre_tokenizer",
                TinyVocabulary.JSON.readTree(
                        "{\"type\":\"Sequence\",\"pretokenizers\":["
                                + "{\"type\":\"Split\",\"pattern\":{\"Regex\":\"[a-z]+|(?i:x)?\\\\d{1,3}\"},\"behavior\":\"Isolated\","
                                + "\"invert\":false},{\"type\":\"Digits\",\"individual_digits\":true},"
                                + "{\"type\":\"Metaspace\",\"replacement\":\"_\",\"prepend_scheme\":\"first\",\"split\":true},"
                                + "{\"type\":\"ByteLevel\",\"add_prefix_space\":false,\"trim_offsets\":true,\"use_regex\":true}]}"));
        root.remove(List.of("normalizer", "pre_tokenizer"));
        ordered.setAll(root);
        byte[] good = ordered.toString().getBytes(StandardCharsets.UTF_8);
        Random random = new Random(11);
        Path file = directory.resolve("tokenizer.json");
        Mutations mutations = new Mutations();
        for (int i = 0; i < Mutations.CASES; i++) {
            byte[] bytes = good.clone();
            for (int edits = 1 + random.nextInt(3); edits > 0; edits--) {
                int at = random.nextInt(random.nextInt(3) > 0 ? 2_000 : bytes.length);
                bytes[at] = (byte) (random.nextBoolean() ? "{}[],:\"0919truefalsn".charAt(random.nextInt(19)) : at);
            }
            if (random.nextInt(10) == 0) {
                bytes = java.util.Arrays.copyOf(bytes, random.nextInt(bytes.length));
            }
            Files.write(file, bytes);
            boolean special = i % 2 == 0;
            mutations.run(bytes.length, () -> {
                Tokenizer tokenizer = Tokenizer.fromJson(file, null);
                tokenizer.decode(tokenizer.encode("hello <|im_end|> world", special), true);
            });
        }
        mutations.assertDeep(25);
    }

    @Test
    void mutatedMetadataLoadsOrFailsWithATypedError() {
        Random random = new Random(12);
        Object[] values = {
            null, -1L, 0L, 300L, Long.MAX_VALUE, 1.5, Double.NaN, true, "", "a", "h e", "<|bos|>", "\uD800"
        };
        Mutations mutations = new Mutations();
        for (int i = 0; i < Mutations.CASES; i++) {
            Map<String, Object> metadata = TinyVocabulary.gguf();
            if (i % 2 == 0) {
                metadata.put(KEY + "model", "llama");
                List<Object> scores = new ArrayList<>(Collections.nCopies(264, -1.0));
                metadata.put(KEY + "scores", scores);
            }
            List<String> keys = new ArrayList<>(metadata.keySet());
            for (int edits = random.nextInt(3); edits >= 0; edits--) {
                String key = keys.get(random.nextInt(keys.size()));
                Object value = values[random.nextInt(values.length)];
                if (metadata.get(key) instanceof List && random.nextInt(4) > 0) {
                    List<Object> list = list(metadata, key.substring(KEY.length()));
                    list.set(random.nextInt(list.size()), value);
                } else {
                    metadata.put(key, value);
                }
            }
            mutations.run(BYTES_OF_METADATA, () -> {
                Tokenizer tokenizer = Tokenizer.fromGguf(metadata, "fuzz");
                tokenizer.decode(tokenizer.encode("hello <|im_end|> \0 world é", true), true);
            });
        }
        mutations.assertDeep(20);
    }
}
