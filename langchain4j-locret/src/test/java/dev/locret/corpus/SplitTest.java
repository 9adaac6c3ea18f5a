package dev.locret.corpus;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** Nothing that training says is said in evaluation, but for the wordings that are marked for both. */
class SplitTest {
    @Test
    void wordsAreDisjointAndNoneStandsTwice() {
        List<String> training = Words.all(Split.TRAINING);
        List<String> evaluation = Words.all(Split.EVALUATION);
        assertThat(training).hasSizeGreaterThan(300).doesNotContainAnyElementsOf(evaluation);
        assertThat(evaluation).hasSizeGreaterThan(100);
        List<String> all = new ArrayList<>(training);
        all.addAll(evaluation);
        assertThat(all.stream().map(w -> w.toLowerCase(Locale.ROOT))).doesNotHaveDuplicates();
    }

    @Test
    void someWordingsAreForEvaluationAlone() {
        assertThat(Wording.of(Split.EVALUATION))
                .filteredOn(w -> !w.splits().contains(Split.TRAINING))
                .extracting(Wording::kind)
                .containsExactly("code", "city", "director", "passkey");
        for (Wording wording : Wording.of(Split.TRAINING)) {
            assertThat(wording.sentence() + wording.question())
                    .as("what the evaluation wordings are known by")
                    .doesNotContainIgnoringCase("access code")
                    .doesNotContainIgnoringCase("pass key")
                    .doesNotContain("director", "moved to");
        }
    }

    @Test
    void everyWordingIsFilledAndItsAnswerHoldsTheValue() {
        for (Split split : Split.values()) {
            for (Wording wording : Wording.of(split)) {
                Fact fact = wording.fact(new Words(split, "", new Random(7)));
                String all = fact.sentences().get(0) + fact.question() + fact.answer();
                assertThat(all).doesNotContain("{", "}");
                assertThat(fact.sentences().get(0)).contains(fact.value());
                assertThat(fact.answer()).contains(fact.value());
                assertThat(fact.question()).doesNotContain(fact.value());
            }
        }
    }

    @Test
    void wordsOfTheTextAreNotDrawnSinceTheyWouldHaveTwoMeanings() {
        String text = String.join(" ", Words.all(Split.EVALUATION).subList(0, 60));
        Words words = new Words(Split.EVALUATION, text, new Random(3));
        for (int i = 0; i < 3; i++) {
            assertThat(text.split(" ")).doesNotContain(words.noun());
        }
    }
}
