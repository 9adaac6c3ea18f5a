package dev.locret.corpus;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

class ParagraphsTest {
    @Test
    void unwrapsProseAndLeavesOutHeadingsAndTables() {
        List<String> paragraphs = Paragraphs.of("""
                CHAPTER I

                It was a quiet morning, and the lantern in the
                window had long gone out. Nobody came.

                | 12 | 44 | 98 | 11 | 45 | 77 | 23 | 90 | 12 | 45 |
                """);
        assertThat(paragraphs)
                .containsExactly(
                        "It was a quiet morning, and the lantern in the window had long gone out. Nobody came.");
    }

    @Test
    void cutsLongParagraphsBetweenSentences() {
        String sentence = "The lantern in the window had long gone out and nobody came to light it again.";
        String text = String.join(" ", java.util.Collections.nCopies(60, sentence));
        List<String> paragraphs = Paragraphs.of(text);
        assertThat(paragraphs)
                .hasSize(3)
                .allSatisfy(p -> assertThat(p).hasSizeLessThan(2001).endsWith("again."));
        assertThat(String.join(" ", paragraphs)).isEqualTo(text);
    }

    @Test
    void takesParagraphsThatDifferInPunctuationForTheSame() {
        assertThat(Paragraphs.key("\"Oh dear!\" said the Rabbit."))
                .isEqualTo(Paragraphs.key("Oh dear, said the rabbit"));
        assertThat(Paragraphs.key("Oh dear")).isNotEqualTo(Paragraphs.key("Oh deer"));
    }
}
