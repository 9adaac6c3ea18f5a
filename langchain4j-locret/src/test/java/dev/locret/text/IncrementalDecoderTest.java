package dev.locret.text;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import dev.locret.common.LocretException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Whole characters only, nothing lost. */
class IncrementalDecoderTest {
    private static Tokenizer vectors(String name) throws IOException {
        return Tokenizer.fromGguf(GgufKeys.of(TokenizerVectorsTest.resource(name + ".gguf")), name);
    }

    private static List<String> pieces(Tokenizer tokenizer, int[] ids) {
        IncrementalDecoder decoder = new IncrementalDecoder(tokenizer, true);
        List<String> pieces = new ArrayList<>();
        for (int id : ids) {
            pieces.add(decoder.append(id));
        }
        pieces.add(decoder.finish());
        return pieces;
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "👨‍👩‍👧‍👦 family",
                "中文字符",
                "e\u0301a\u0308\u0301",
                "🏳️‍🌈🇩🇪",
                "हिन्दी",
                "a\u0000b",
                "ﬁ\uFFFD"
            })
    void charactersSpreadOverTokensComeWhole(String text) throws IOException {
        Tokenizer tokenizer = Tokenizer.fromGguf(TinyVocabulary.gguf(), "tiny");
        int[] ids = tokenizer.encode(text, false);
        assertThat(ids.length).as("one token a byte").isEqualTo(text.getBytes(StandardCharsets.UTF_8).length);
        List<String> pieces = pieces(tokenizer, ids);
        assertThat(String.join("", pieces)).isEqualTo(text);
        int[] expected = text.codePoints().toArray();
        List<Integer> given = new ArrayList<>();
        for (String piece : pieces) {
            assertThat(piece.codePointCount(0, piece.length())).isLessThanOrEqualTo(1);
            piece.codePoints().forEach(given::add);
        }
        assertThat(given).hasSize(expected.length);
    }

    @ParameterizedTest
    @ValueSource(strings = {"bpe", "spm", "spm-bare"})
    void joinedPiecesAreTheDecodedText(String name) throws IOException {
        Tokenizer tokenizer = vectors(name);
        Random random = new Random(5);
        for (JsonNode row : TokenizerVectorsTest.rows(name)) {
            int[] ids = tokenizer.encode(row.get(0).asText(), false);
            assertThat(String.join("", pieces(tokenizer, ids))).isEqualTo(tokenizer.decode(ids, true));
            int[] scrambled = random.ints(20, 0, tokenizer.vocabularySize()).toArray();
            List<String> pieces = pieces(tokenizer, scrambled);
            assertThat(String.join("", pieces)).isEqualTo(tokenizer.decode(scrambled, true));
            for (String piece : pieces) {
                assertThat(piece.isEmpty() || !Character.isLowSurrogate(piece.charAt(0)))
                        .isTrue();
            }
        }
    }

    /** Both vocabularies cover every character, so a text survives; llama.cpp's leading space is taken back. */
    @ParameterizedTest
    @ValueSource(strings = {"spm", "spm-bare"})
    void sentencePieceRoundTrips(String name) throws IOException {
        Tokenizer tokenizer = vectors(name);
        for (JsonNode row : TokenizerVectorsTest.rows(name)) {
            String text = row.get(0).asText();
            // A user's own U+2581 reads as a space, and "<tool>" is one token that has no space in front.
            String expected = text.replace('\u2581', ' ');
            if (!text.contains("<tool>")) {
                assertThat(tokenizer.decode(tokenizer.encode(text, false), true))
                        .isEqualTo(expected);
            }
        }
    }

    /** Tables 3-8 to 3-11 of the Unicode standard: one replacement for each maximal part of a character. */
    @ParameterizedTest
    @CsvSource({
        "C0 AF E0 80 BF F0 81 82 41, ????????A",
        "ED A0 80 ED BF BF ED AF 41, ????????A",
        "F4 91 92 93 FF 41 80 BF 42, ?????A??B",
        "E1 80 E2 F0 91 92 F1 BF 41, ????A",
        "61 F1 80 80 E1 80 C2 62 80 63 80 BF 64, a???b?c??d",
        "F0 9F 98, ?",
        "F0 9F 98 80 E4 B8, 😀?"
    })
    void brokenBytesBecomeOneReplacementCharacterEach(String hex, String expected) {
        Tokenizer tokenizer = Tokenizer.fromGguf(TinyVocabulary.gguf(), "tiny");
        // Ids 0..255 are the bytes in order in this vocabulary.
        int[] ids =
                Stream.of(hex.split(" ")).mapToInt(b -> Integer.parseInt(b, 16)).toArray();
        assertThat(tokenizer.decode(ids, true)).isEqualTo(expected.replace('?', '\uFFFD'));
    }

    @Test
    void specialTokensAreLeftOutOrNamed() {
        Tokenizer tokenizer = Tokenizer.fromGguf(TinyVocabulary.gguf(), "tiny");
        int[] ids = {TinyVocabulary.BOS, 256, 0xE2, TinyVocabulary.IM_END, 256};
        assertThat(tokenizer.decode(ids, false)).isEqualTo("<|bos|>he\uFFFD<|im_end|>he");
        assertThat(tokenizer.decode(ids, true)).isEqualTo("he\uFFFDhe");
    }

    @Test
    void idOutsideTheVocabularyIsRefused() {
        IncrementalDecoder decoder =
                new IncrementalDecoder(Tokenizer.fromGguf(TinyVocabulary.gguf(), "tiny.gguf"), true);
        assertThatThrownBy(() -> decoder.append(264))
                .isInstanceOf(LocretException.class)
                .hasMessage("token id out of range: id=264, vocabulary=264: tiny.gguf");
    }
}
