package dev.locret.eval;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ScorerTest {
    /** Worked out by hand; F1 as SQuAD's script has it, ROUGE-L as 2·LCS/(words of both). */
    @ParameterizedTest
    @CsvSource({
        "EXACT, The Red Lantern!, red lantern, 1",
        "EXACT, red lanterns, red lantern, 0",
        "CONTAINS, It is 1234567., 1234567, 1",
        "CONTAINS, It is 123456., 1234567, 0",
        "CONTAINS_ALL, 11 and 33, 11|22|33|44, 0.5",
        "F1, the cat sat here, cat sat on a mat, 0.571428",
        "F1, dog, cat|dog, 1",
        "F1, '', cat, 0",
        "REGEX, number: 12-34, '\\d+-\\d+', 1",
        "REGEX, number: 1234, '^\\d+-\\d+', 0",
        "ROUGE_L, police killed gunman, police kill gunman, 0.666667",
        "ROUGE_L, gunman kill police, police kill gunman, 0.333333",
    })
    void scoresAsWorkedOutByHand(Scorer scorer, String answer, String expected, double score) {
        assertThat(scorer.score(answer, List.of(expected.split("\\|")))).isEqualTo(score, within(1e-5));
    }

    /** Published examples of the interval. */
    @ParameterizedTest
    @CsvSource({"0, 10, 0, 0.2775", "10, 10, 0.7225, 1", "5, 10, 0.2366, 0.7634", "29, 48, 0.4631, 0.7298"})
    void intervalsAreWilsons(double found, int of, double low, double high) {
        Wilson interval = Wilson.of(found, of);
        assertThat(interval.low()).isEqualTo(low, within(5e-5));
        assertThat(interval.high()).isEqualTo(high, within(5e-5));
    }
}
