package dev.locret.samples.corpus;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import picocli.CommandLine;

/** What is refused before Spark is started. */
class CorpusApplicationTest {
    private static void refused(String reason, String... arguments) {
        StringWriter err = new StringWriter();
        CommandLine line = CorpusApplication.commandLine().setErr(new PrintWriter(err, true));
        List<String> all = new ArrayList<>(List.of("--corpus", "c", "--output", "o", "--model", "m"));
        all.addAll(List.of(arguments));
        assertThat(line.execute(all.toArray(String[]::new))).isEqualTo(2);
        assertThat(err.toString()).startsWith(reason);
    }

    @Test
    void wrongOptionsAreRefused() {
        refused("Missing required parameter: 'QUESTION'");
        refused("the question is blank", " ");
        refused("--documents-per-task is less than 1: 0", "--documents-per-task", "0", "What?");
        refused("--max-bytes is less than 1: -1", "--max-bytes", "-1", "What?");
        refused("--timeout is less than 0: -5", "--timeout", "-5", "What?");
        refused("Invalid value for option '--budget': 'many' is not an int", "--budget", "many", "What?");
    }
}
