package dev.locret.eval;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.List;
import org.junit.jupiter.api.Test;

class SummaryTest {
    private static final List<Outcome> OUTCOMES = List.of(
            ResultsFileTest.outcome(0, "none", 0, 1, 1),
            ResultsFileTest.outcome(1, "none", 0, 0, 1),
            ResultsFileTest.outcome(0, "locret", 128, 1, 0),
            ResultsFileTest.outcome(1, "locret", 128, 0, 1));

    @Test
    void comparesWithWhatFullAttentionFindsOnTheSameQuestions() {
        Row row = Summary.of(OUTCOMES).get(1);
        assertThat(row.policy()).isEqualTo("locret");
        assertThat(row.questions()).isEqualTo(4);
        assertThat(row.score()).isEqualTo(0.5);
        assertThat(row.fullFound()).isEqualTo(3);
        assertThat(row.ofFull()).isEqualTo(2.0 / 3, within(1e-12));
        assertThat(row.tokensPerSecond()).isEqualTo(500);
    }

    @Test
    void intervalsOverDocumentsAreWiderWhereADocumentsQuestionsHangTogether() {
        double[] of = new double[40];
        double[] together = new double[40];
        double[] apart = new double[40];
        for (int i = 0; i < 40; i++) {
            of[i] = 10;
            together[i] = i % 2 == 0 ? 10 : 0;
            apart[i] = 5;
        }
        ClusterInterval wide = ClusterInterval.of(together, of);
        Wilson independent = Wilson.of(200, 400);
        // The mean of 40 coins has a deviation of 0.079; 1.96 of them, give or take what 4,000 draws leave open.
        assertThat(wide.low()).isEqualTo(0.5 - 0.155, within(0.03));
        assertThat(wide.high()).isEqualTo(0.5 + 0.155, within(0.03));
        assertThat(wide.high() - wide.low()).isGreaterThan(2 * (independent.high() - independent.low()));
        assertThat(ClusterInterval.of(apart, of)).isEqualTo(new ClusterInterval(0.5, 0.5));
        assertThat(ClusterInterval.of(together, of)).isEqualTo(wide);
    }

    @Test
    void thereIsNoIntervalOverOneDocumentOrOverNothingFound() {
        assertThat(ClusterInterval.of(new double[] {1}, new double[] {2})).isNull();
        assertThat(ClusterInterval.of(new double[] {1, 0}, new double[] {0, 0})).isNull();
        Row row = Summary.of(OUTCOMES).get(1);
        assertThat(row.documentLow()).isEqualTo(0.5);
        assertThat(row.ofFullLow()).isEqualTo(0.5);
        assertThat(row.ofFullHigh()).isEqualTo(1);
    }

    @Test
    void saysNothingOfFullAttentionWhereADocumentIsMissing() {
        List<Row> rows = Summary.of(OUTCOMES.subList(1, 4));
        assertThat(rows.get(1).ofFull()).isNull();
    }

    @Test
    void comparesPerplexities() {
        Outcome full = new Outcome("perplexity", 1024, 0, "none", 0, 1000, List.of(), -3.0, 1, 1, 256, 1);
        Outcome less = new Outcome("perplexity", 1024, 0, "locret", 128, 1000, List.of(), -3.1, 1, 1, 256, 1);
        Row row = Summary.of(List.of(full, less)).get(1);
        assertThat(row.nll()).isEqualTo(3.1);
        assertThat(row.perplexityOfFull()).isEqualTo(Math.exp(0.1), within(1e-12));
    }

    @Test
    void mapsScoresByDepth() {
        DepthMap map = DepthMap.of(OUTCOMES).get("needles, 1024 tokens, locret");
        assertThat(map.budgets()).containsExactly(0, 128);
        assertThat(map.score(0, 5)).isEqualTo(0.75);
        assertThat(map.score(128, 5)).isEqualTo(0.5);
        assertThat(map.score(128, 0)).isNaN();
    }

    @Test
    void writesTablesThatKeepTheirColumns() {
        List<Row> rows = Summary.of(OUTCOMES);
        assertThat(Csv.of(rows).lines())
                .hasSize(3)
                .allSatisfy(
                        line -> assertThat(line.chars().filter(c -> c == ',')).hasSize(20))
                .anyMatch(line -> line.startsWith("needles,1024,locret,128,all,2,4,2.0000,0.5000,"));
    }
}
