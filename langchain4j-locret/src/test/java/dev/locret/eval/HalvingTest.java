package dev.locret.eval;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class HalvingTest {
    /** The budget tells candidates apart. */
    private static List<Candidate> candidates(int count) {
        return IntStream.rangeClosed(1, count)
                .mapToObj(budget -> new Candidate("locret", budget, 64, "uniform", 0, 0, 1, "f32"))
                .toList();
    }

    @Test
    void readsMoreDocumentsTheFewerAreLeft() {
        List<String> measured = new ArrayList<>();
        Halving halving = new Halving(
                27,
                2,
                (candidate, documents) -> {
                    measured.add(documents + " documents");
                    return candidate.budget() % 7;
                },
                Candidate::budget);
        List<Candidate> left = halving.race(candidates(24));
        // Scores of 6 have 6, 13 and 20; 5, 12 and 19 come next.
        assertThat(left).extracting(Candidate::budget).containsExactly(6, 13, 20);
        assertThat(measured.stream().filter("3 documents"::equals)).hasSize(24);
        assertThat(measured.stream().filter("9 documents"::equals)).hasSize(8);
        assertThat(measured.stream().filter("27 documents"::equals)).hasSize(3);
        assertThat(measured).hasSize(35);
    }

    @Test
    void comparesWithNoFewerDocumentsThanTellThemApart() {
        List<Integer> measured = new ArrayList<>();
        Halving halving = new Halving(
                10,
                6,
                (candidate, documents) -> {
                    measured.add(documents);
                    return 1;
                },
                candidate -> -candidate.budget());
        // Equal scores: what takes least goes on.
        assertThat(halving.race(candidates(9))).extracting(Candidate::budget).containsExactly(9, 8, 7);
        assertThat(measured).startsWith(6, 6, 6).endsWith(10, 10, 10).hasSize(12);
    }

    @Test
    void fewCandidatesAreAllMeasuredOnEverything() {
        List<Integer> measured = new ArrayList<>();
        Halving halving = new Halving(
                5,
                9,
                (candidate, documents) -> {
                    measured.add(documents);
                    return 0;
                },
                Candidate::budget);
        assertThat(halving.race(candidates(3))).hasSize(3);
        assertThat(measured).containsExactly(5, 5, 5);
    }
}
