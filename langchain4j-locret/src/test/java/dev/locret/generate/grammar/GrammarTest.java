package dev.locret.generate.grammar;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.locret.common.ErrorId;
import dev.locret.common.LocretException;
import dev.locret.generate.TokenConstraint;
import dev.locret.text.Tokenizer;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class GrammarTest {
    @ParameterizedTest
    @ValueSource(
            strings = {
                "{}",
                "{\"a\":1}",
                "{\"a\": 1, \"b\":[true,false, null]}",
                "[]",
                "[[[]],{}]",
                "\"\"",
                "\"\\u00e9\\ud83d\\ude00\\n\\/\"",
                "\"é😀\"",
                "-0.5e+10",
                "0",
                "123",
                "null"
            })
    void jsonIsAccepted(String text) {
        assertThat(Walk.accepts(Grammar.anyJson(), text)).isTrue();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{",
                "{\"a\"}",
                "{\"a\":  1}",
                " 1",
                "01",
                "1.",
                "[1,]",
                "\"\\x\"",
                "\"\\ud83d\"",
                "\"\\ude00\"",
                "\"a\nb\"",
                "tru",
                "{a:1}",
                "+1"
            })
    void whatIsNoJsonIsNot(String text) {
        assertThat(Walk.accepts(Grammar.anyJson(), text)).isFalse();
    }

    @Test
    void partsArePutTogether() {
        Grammar call = Grammar.sequence(Grammar.literal("<call>"), Grammar.anyJsonObject(), Grammar.literal("</call>"));
        Grammar calls = Grammar.repeat(call, "\n", 1, 2);
        assertThat(Walk.accepts(calls, "<call>{}</call>")).isTrue();
        assertThat(Walk.accepts(calls, "<call>{}</call>\n<call>{\"a\":1}</call>"))
                .isTrue();
        assertThat(Walk.accepts(calls, "<call>{}</call>\n<call>{}</call>\n<call>{}</call>"))
                .isFalse();
        assertThat(Walk.accepts(calls, "")).isFalse();
        Grammar either = Grammar.choice(Grammar.literal("none"), calls);
        assertThat(Walk.accepts(either, "none")).isTrue();
        assertThat(Walk.accepts(either, "<call>[]</call>")).isFalse();
    }

    @Test
    void endTokensAreAllowedWhereTheSentenceMayEndAndNothingAfterThem() {
        TokenConstraint constraint =
                Grammar.repeat(Grammar.literal("a"), "", 1, 2).start(Vocabularies.bytes());
        assertThat(Walk.allows(constraint.allowed(), 256)).isFalse();
        assertThat(constraint.complete()).isFalse();
        constraint.accept('a');
        assertThat(Walk.allows(constraint.allowed(), 256)).isTrue();
        assertThat(Walk.allows(constraint.allowed(), 'a')).isTrue();
        assertThat(constraint.complete()).isTrue();
        assertThat(constraint.finished()).isFalse();
        constraint.accept('a');
        assertThat(constraint.finished()).isTrue();
        constraint.accept(256);
        assertThat(constraint.finished()).isTrue();
        assertThat(constraint.allowed()).isEmpty();
    }

    @Test
    void aTokenThatIsNotAllowedIsRefused() {
        TokenConstraint constraint = Grammar.literal("ab").start(Vocabularies.bytes());
        assertThatThrownBy(() -> constraint.accept('b'))
                .isInstanceOfSatisfying(
                        LocretException.class, e -> assertThat(e.id()).isEqualTo(ErrorId.INVALID_ARGUMENT))
                .hasMessage("grammar: token is not allowed here: token=98");
        assertThatThrownBy(() -> constraint.accept(256)).hasMessage("grammar: token is not allowed here: token=256");
        constraint.accept('a');
        constraint.accept('b');
        assertThat(constraint.complete()).isTrue();
    }

    @Test
    void aVocabularyThatCannotGoOnIsAnError() {
        TokenVocabulary letters = TokenVocabulary.of(2, id -> new byte[] {'a'}, List.of(1));
        TokenConstraint constraint = Grammar.literal("ab").start(letters);
        constraint.accept(0);
        assertThatThrownBy(constraint::allowed)
                .isInstanceOfSatisfying(
                        LocretException.class, e -> assertThat(e.id()).isEqualTo(ErrorId.GRAMMAR))
                .hasMessage("grammar: no token of the vocabulary can go on: vocabulary=2");
    }

    @Test
    void controlTokensAreAllowedOnlyByName() {
        Tokenizer tokenizer = Vocabularies.smolTokenizer();
        int start = tokenizer.encode("<|im_start|>", true)[0];
        TokenVocabulary vocabulary = Vocabularies.smol();
        TokenConstraint named = Grammar.controlToken("<|im_start|>").start(vocabulary);
        assertThat(Walk.allows(named.allowed(), start)).isTrue();
        named.accept(start);
        assertThat(named.finished()).isTrue();
        TokenConstraint text = Grammar.literal("<|im_start|>").start(vocabulary);
        assertThat(Walk.allows(text.allowed(), start)).isFalse();
    }

    @Test
    void manyAnswersShareAGrammarWithoutDisturbingEachOther() throws Exception {
        Grammar grammar = Grammar.ofJsonSchema(Schemas.parse(Schemas.ALL.get(2)));
        List<Callable<String>> walks = IntStream.range(0, 16)
                .<Callable<String>>mapToObj(
                        seed -> () -> Walk.random(grammar, Vocabularies.smol(), 60, new Random(seed % 4))
                                .text())
                .toList();
        ExecutorService threads = Executors.newFixedThreadPool(4);
        try {
            List<String> texts = new ArrayList<>();
            for (Future<String> walk : threads.invokeAll(walks)) {
                texts.add(walk.get());
            }
            for (int i = 4; i < texts.size(); i++) {
                assertThat(texts.get(i)).isEqualTo(texts.get(i % 4));
            }
        } finally {
            threads.shutdownNow();
        }
    }

    @Test
    void anAnswerGoesOnWhenItsGrammarForgetsStates() {
        // Each character has a state and a mask of its own, 6 KiB: more than the automaton keeps.
        Grammar grammar = JsonSchemaTest.grammar("{'items':{'maxLength':8000}}");
        TokenConstraint constraint = grammar.start(Vocabularies.smol());
        int a = Vocabularies.smolTokenizer().encode("a", false)[0];
        int quote = Vocabularies.smolTokenizer().encode("\"", false)[0];
        constraint.accept(Vocabularies.smolTokenizer().encode("[", false)[0]);
        constraint.accept(quote);
        for (int i = 0; i < 8000; i++) {
            assertThat(Walk.allows(constraint.allowed(), a)).isTrue();
            constraint.accept(a);
        }
        assertThat(Walk.allows(constraint.allowed(), a)).isFalse();
        assertThat(Walk.allows(constraint.allowed(), quote)).isTrue();
        constraint.accept(quote);
        constraint.accept(Vocabularies.smolTokenizer().encode("]", false)[0]);
        assertThat(constraint.finished()).isTrue();
    }
}
