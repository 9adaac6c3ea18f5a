package dev.locret.eval;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.locret.common.ErrorId;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ResultsFileTest {
    private static final Map<String, String> SETTINGS = Map.of("seed", "1");

    @TempDir
    private Path directory;

    private Path file;

    @BeforeEach
    void name() {
        file = directory.resolve("results.jsonl");
    }

    static Outcome outcome(int sample, String policy, int budget, double... scores) {
        List<Outcome.Answer> answers = java.util.Arrays.stream(scores)
                .mapToObj(s -> new Outcome.Answer("number", 0.5, List.of("12"), "It is 12.", s))
                .toList();
        return new Outcome("needles", 1024, sample, policy, budget, 1000, answers, null, 2, 1, 9, 4096);
    }

    @Test
    void goesOnWhereItWasInterruptedInTheMiddleOfALine() throws IOException {
        ResultsFile results = ResultsFile.open(file, SETTINGS);
        results.add(outcome(0, "locret", 128, 1));
        results.add(outcome(1, "locret", 128, 0));
        String whole = Files.readString(file);
        Files.writeString(file, "{\"task\":\"needles\",\"len", StandardOpenOption.APPEND);

        ResultsFile again = ResultsFile.open(file, SETTINGS);
        assertThat(again.has(outcome(1, "locret", 128).key())).isTrue();
        assertThat(again.has(outcome(1, "locret", 256).key())).isFalse();
        assertThat(again.outcomes()).isEqualTo(results.outcomes());
        assertThat(file).hasContent(whole);
    }

    @Test
    void refusesResultsOfOtherSettingsNamingBoth() {
        ResultsFile.open(file, SETTINGS);
        assertThatThrownBy(() -> ResultsFile.open(file, Map.of("seed", "2")))
                .hasFieldOrPropertyWithValue("id", ErrorId.INVALID_ARGUMENT)
                .hasMessage("eval results are of another run: seed=2, in the file seed=1: " + file);
    }

    @Test
    void namesADamagedLine() throws IOException {
        ResultsFile.open(file, SETTINGS).add(outcome(0, "locret", 128, 1));
        Files.writeString(file, "{\"task\": 7, oops}\n", StandardOpenOption.APPEND);
        assertThatThrownBy(() -> ResultsFile.open(file, SETTINGS))
                .hasFieldOrPropertyWithValue("id", ErrorId.FILE_DAMAGED)
                .hasMessageStartingWith("eval results: line 3 is none of ours (")
                .hasMessageEndingWith(": " + file);
    }
}
