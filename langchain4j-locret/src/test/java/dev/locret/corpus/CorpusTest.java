package dev.locret.corpus;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class CorpusTest {
    private static final TokenCount COUNT = TokenCount.estimate();

    /** Prose of numbered paragraphs. */
    public static String text(String about, int paragraphs) {
        return IntStream.range(0, paragraphs)
                .mapToObj(i -> "It is said that " + about + " went down to the sea for the " + i
                        + "th time. Nobody knew why they did so, and nobody ever asked them.")
                .collect(Collectors.joining("\n\n"));
    }

    @Test
    void excerptsAreInARowAndAsLongAsWanted() {
        Corpus corpus = Corpus.of(List.of(text("Emma", 100)));
        List<String> excerpt = corpus.excerpt(300, COUNT, new Random(1));
        assertThat(excerpt.stream().mapToInt(p -> COUNT.of(p) + 1).sum()).isBetween(250, 300);
        int first = corpus.paragraphs().indexOf(excerpt.get(0));
        assertThat(excerpt.get(1)).isEqualTo(corpus.paragraphs().get((first + 1) % 100));
    }

    @Test
    void aParagraphThatStandsTwiceIsKeptOnce() {
        assertThat(Corpus.of(List.of(text("Emma", 30), text("Emma", 40))).paragraphs())
                .hasSize(40);
    }

    @Test
    void leavesOutWhatOthersHaveSeen() {
        Corpus corpus = Corpus.of(List.of(text("Emma", 60)));
        Set<String> seen = Corpus.of(List.of(text("Emma", 25))).keys();
        Corpus rest = corpus.without(seen);
        assertThat(rest.paragraphs()).hasSize(35);
        assertThat(rest.keys()).doesNotContainAnyElementsOf(seen);
    }

    @Test
    void holdsOutTheSameParagraphsEveryTime() {
        Corpus corpus = Corpus.of(List.of(text("Emma", 200)));
        Corpus kept = corpus.withoutHeldOut(25);
        assertThat(kept.paragraphs()).hasSizeBetween(120, 180);
        assertThat(corpus.withoutHeldOut(25).paragraphs()).isEqualTo(kept.paragraphs());
    }

    @Test
    void saysHowMuchProseIsNeeded() {
        assertThatThrownBy(() -> Corpus.of(List.of(text("Emma", 3))))
                .hasMessage("documents: too little prose of the documents: paragraphs=3, needed=20");
    }
}
