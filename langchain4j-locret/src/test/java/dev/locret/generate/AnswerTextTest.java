package dev.locret.generate;

import static org.assertj.core.api.Assertions.assertThat;

import dev.locret.format.GgufFile;
import dev.locret.testing.DemoModel;
import dev.locret.text.Tokenizer;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

class AnswerTextTest {
    /** A family joined by zero-width joiners, CJK, a combining accent: most of them several tokens each. */
    private static final String TEXT = "a \uD83D\uDC68\u200D\uD83D\uDC69\u200D\uD83D\uDC67 \u9F98\u9F98 e\u0301!";

    private static Tokenizer tokenizer;

    @BeforeAll
    static void load() {
        tokenizer = Tokenizer.fromGguf(
                GgufFile.open(DemoModel.path()).metadata(), DemoModel.path().toString());
    }

    @Test
    void piecesHoldWholeCodePoints() {
        AnswerText answer = new AnswerText(tokenizer, List.of());
        List<String> pieces = new ArrayList<>();
        int[] ids = tokenizer.encode(TEXT, false);
        assertThat(ids.length).isGreaterThan(TEXT.length());
        for (int id : ids) {
            pieces.add(answer.append(id));
        }
        pieces.add(answer.finish(false));
        assertThat(String.join("", pieces)).isEqualTo(TEXT);
        assertThat(answer.text()).isEqualTo(TEXT);
        for (String piece : pieces) {
            // A lone surrogate is a code point of its own.
            assertThat(piece.codePoints()
                            .filter(c -> c == 0xFFFD || c >= 0xD800 && c <= 0xDFFF)
                            .toArray())
                    .isEmpty();
        }
    }

    @Test
    void aCutNeverLeavesAPartOfACharacter() {
        int[] ids = tokenizer.encode(TEXT, false);
        for (int length = 0; length < ids.length; length++) {
            AnswerText answer = new AnswerText(tokenizer, List.of());
            for (int i = 0; i < length; i++) {
                answer.append(ids[i]);
            }
            answer.finish(true);
            assertThat(TEXT).startsWith(answer.text());
        }
    }

    @Test
    void whatTheModelItselfLeftIncompleteIsReplaced() {
        int[] ids = tokenizer.encode("\u9F98", false);
        AnswerText answer = new AnswerText(tokenizer, List.of());
        answer.append(ids[0]);
        assertThat(answer.finish(false)).isEqualTo("\uFFFD");
    }

    @Test
    void textHeldForAStopIsFlushedAtTheEnd() {
        AnswerText answer = new AnswerText(tokenizer, List.of("DEFGHIJ"));
        StringBuilder told = new StringBuilder();
        for (int id : tokenizer.encode("ABC DEFG", false)) {
            told.append(answer.append(id));
        }
        assertThat(told.toString()).isEqualTo("ABC ");
        assertThat(answer.finish(true)).isEqualTo("DEFG");
        assertThat(answer.stopped()).isFalse();
        assertThat(answer.text()).isEqualTo("ABC DEFG");
    }

    @Test
    void idsWithoutATokenHaveNoText() {
        AnswerText answer = new AnswerText(tokenizer, List.of());
        assertThat(answer.append(tokenizer.vocabularySize())).isEmpty();
        AnswerText without = new AnswerText(null, List.of());
        assertThat(without.append(5)).isEmpty();
        assertThat(without.finish(false)).isEmpty();
    }
}
