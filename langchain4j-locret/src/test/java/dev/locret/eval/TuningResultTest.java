package dev.locret.eval;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.StringReader;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import org.junit.jupiter.api.Test;

class TuningResultTest {
    private static final List<Integer> BUDGETS = List.of(512, 128, 64);

    @Test
    void saysWhatWasGainedAndLost() {
        assertThat(TuningSamples.result().lines())
                .contains(
                        "measured: questions=10, documents=2, tokens of the longest prompt with its answer=4000",
                        "tried: candidates=24 of 90 that fit",
                        "not tried: candidates=3",
                        "against full attention: 0.100 less score (the intervals overlap, so it may be chance), 0.77 times"
                                + " the memory (230 MiB for 300 MiB), 0.22 times the cache, 1.00 times the reading speed",
                        "against the default: 0.600 more score (the intervals overlap, so it may be chance), 0.92 times"
                                + " the memory (230 MiB for 250 MiB), 0.50 times the cache, 1.00 times the reading speed")
                .anyMatch(line -> line.matches("chosen +locret, budget 128, .* +0.800 +0.49 to 0.94 .*"));
    }

    @Test
    void whatIsWrittenIsReadAsProperties() throws IOException {
        Properties read = new Properties();
        read.load(new StringReader(TuningSamples.properties()));
        assertThat(read)
                .containsEntry("langchain4j.locret.cache-budget", "128")
                .containsEntry("langchain4j.locret.local-tokens", "120")
                // What 400 MiB leave beside 230.
                .containsEntry("langchain4j.locret.prefix-cache-size", (170L << 20) + "B")
                .hasSize(14);
        String text = StarterProperties.text(List.of("a\nb=c"), Map.of("model-path", "C:\\models\\ä.gguf"));
        assertThat(text).startsWith("# a b=c\n");
        Properties escaped = new Properties();
        escaped.load(new StringReader(text));
        assertThat(escaped).containsExactly(Map.entry("langchain4j.locret.model-path", "C:\\models\\ä.gguf"));
    }

    private static SearchSpace space(String... policies) {
        return new SearchSpace(
                List.of(policies),
                BUDGETS,
                List.of(64, 32),
                List.of("uniform", "pooled"),
                List.of(0, 4),
                List.of(0.0),
                List.of(1),
                List.of("f32"));
    }

    @Test
    void aBudgetThatHoldsEverythingIsTriedOnce() {
        SearchSpace space = space("locret", "keydiff");
        List<Candidate> candidates = space.candidates(400);
        assertThat(candidates).hasSize(2 + 2 * 2 * 2 * 2 * 2).doesNotHaveDuplicates();
        assertThat(candidates).extracting(Candidate::name).doesNotHaveDuplicates();
        assertThat(candidates.stream().filter(c -> c.budget() == 512))
                .containsExactly(
                        new Candidate("locret", 512, 64, "uniform", 0, 0, 1, "f32"),
                        new Candidate("locret", 512, 32, "uniform", 0, 0, 1, "f32"));
        assertThat(candidates.stream().filter(space::isPlain)).hasSize(3);
        assertThat(SearchSpace.distance(candidates.get(2), candidates.get(3))).isEqualTo(1);
    }

    @Test
    void budgetsBeginWithWhatHoldsTheLongestPrompt() {
        assertThat(SearchSpace.budgetsFor(4000)).containsExactly(4096, 2048, 1024, 512, 256, 128);
        assertThat(SearchSpace.budgetsFor(4096)).first().isEqualTo(4096);
        assertThat(SearchSpace.budgetsFor(4097)).first().isEqualTo(8192);
        assertThat(SearchSpace.budgetsFor(30)).containsExactly(64);
    }

    @Test
    void refusesFullAttentionAsACandidate() {
        assertThatThrownBy(() -> space("keydiff", "none"))
                .hasMessageStartingWith("tune: full attention is measured beside the candidates")
                .hasMessageEndingWith("policy=none");
    }
}
