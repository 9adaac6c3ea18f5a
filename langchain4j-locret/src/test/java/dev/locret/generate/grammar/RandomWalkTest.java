package dev.locret.generate.grammar;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.locret.generate.TokenConstraint;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Whatever tokens are taken among those allowed, a whole answer is JSON of the schema. */
class RandomWalkTest {
    private static final ObjectMapper JSON = new ObjectMapper()
            .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
            .enable(DeserializationFeature.USE_BIG_DECIMAL_FOR_FLOATS);
    private static final int WALKS = 40;
    private static final int TOKENS = 400;

    static Stream<Arguments> schemasAndVocabularies() {
        return Schemas.ALL.stream()
                .flatMap(schema -> Stream.of("smol", "large").map(name -> Arguments.of(schema, name)));
    }

    private static TokenVocabulary vocabulary(String name) {
        return name.equals("smol") ? Vocabularies.smol() : Vocabularies.large();
    }

    @ParameterizedTest
    @MethodSource("schemasAndVocabularies")
    void everyWholeWalkSatisfiesTheSchema(String text, String name) throws IOException {
        JsonNode schema = Schemas.parse(text);
        Grammar grammar = Grammar.ofJsonSchema(schema);
        Validator validator = new Validator(schema);
        Random random = new Random(7);
        int whole = 0;
        for (int i = 0; i < WALKS; i++) {
            Walk.Result walk = Walk.random(grammar, vocabulary(name), TOKENS, random);
            if (walk.complete()) {
                whole++;
                JsonNode value = JSON.readTree(walk.bytes());
                assertThat(validator.complaints(value)).as(walk.text()).isEmpty();
                assertThat(walk.text().getBytes(StandardCharsets.UTF_8)).isEqualTo(walk.bytes());
            } else {
                assertThat(begins(grammar, walk.bytes())).as(walk.text()).isTrue();
            }
        }
        assertThat(whole).isGreaterThanOrEqualTo(WALKS / 8);
    }

    private static boolean begins(Grammar grammar, byte[] bytes) {
        TokenConstraint constraint = grammar.start(Vocabularies.bytes());
        for (byte b : bytes) {
            if (!Walk.allows(constraint.allowed(), b & 0xff)) {
                return false;
            }
            constraint.accept(b & 0xff);
        }
        return true;
    }

    @ParameterizedTest
    @MethodSource("schemasAndVocabularies")
    void aMaskHoldsExactlyTheTokensThatGoOn(String text, String name) {
        Grammar grammar = Grammar.ofJsonSchema(Schemas.parse(text));
        TokenVocabulary vocabulary = vocabulary(name);
        Random random = new Random(3);
        for (int i = 0; i < 6; i++) {
            Walk.Result walk = Walk.random(grammar, vocabulary, 3 + 5 * i, random);
            TokenConstraint constraint = grammar.start(vocabulary);
            Automaton automaton = new Automaton(grammar.program(), vocabulary);
            State state = automaton.start();
            for (int token : walk.tokens()) {
                constraint.accept(token);
                state = automaton.advance(state, vocabulary.bytesOf(token));
            }
            long[] mask = constraint.allowed();
            for (int token = 0; token < vocabulary.size(); token++) {
                byte[] bytes = vocabulary.bytesOf(token);
                boolean goesOn = vocabulary.isEnd(token)
                        ? state.complete()
                        : bytes != null && !automaton.advance(state, bytes).dead();
                assertThat(Walk.allows(mask, token))
                        .as("token %s after %s", token, walk.text())
                        .isEqualTo(goesOn);
            }
        }
    }
}
