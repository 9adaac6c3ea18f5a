package dev.locret.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.PrintWriter;
import java.io.StringWriter;
import org.junit.jupiter.api.Test;

class LineProgressTest {
    private final StringWriter log = new StringWriter();

    @Test
    void printsALineForEveryTenth() {
        try (Progress progress = new LineProgress("reading", Progress.Unit.TOKENS, new PrintWriter(log))) {
            for (int done = 0; done <= 1000; done += 10) {
                progress.update(done, 1000, done == 500 ? "half" : "");
            }
        }
        assertThat(log.toString().lines()).hasSize(11).contains("reading: 500 of 1000 tokens, half");
    }

    @Test
    void countsMebibytesAndWorksWithoutATotal() {
        try (Progress progress = new LineProgress("model.gguf", Progress.Unit.MEBIBYTES, new PrintWriter(log))) {
            for (long mebibytes = 0; mebibytes < 250; mebibytes++) {
                progress.update(mebibytes << 20, -1, "");
            }
        }
        assertThat(log.toString().lines())
                .containsExactly("model.gguf: 0 MiB", "model.gguf: 100 MiB", "model.gguf: 200 MiB");
    }
}
