package dev.locret.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.locret.testing.Browser;
import dev.locret.testing.DemoEngine;
import dev.locret.testing.DemoModel;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ExplainCommandTest {
    private static final int BUDGET = 64;
    /** Of the demo model: 30 layers of 3 KV heads. */
    private static final int HEADS = 90;

    @TempDir
    private Path directory;

    @Test
    void showsWhatEachHeadKeptOfEachPassage() throws IOException {
        Path document = Files.writeString(
                directory.resolve("book.txt"),
                TrainDataCommandTest.prose(100, 104) + "\n\nThe special magic number for <lantern> is 4817362.\n\n"
                        + TrainDataCommandTest.prose(104, 107));
        Path page = directory.resolve("page.html");
        CommandRun run = CommandRun.of(
                "explain",
                "--model",
                DemoModel.path(),
                "--heads",
                DemoEngine.heads(),
                "--budget",
                BUDGET,
                "--chunk-size",
                64,
                "--stabilizers",
                16,
                "--document",
                document,
                "--question",
                "What is the special magic number for lantern?",
                "--max-output-tokens",
                8,
                "--output",
                page);
        assertThat(run.status()).as(run.err()).isZero();
        assertThat(run.out()).contains("page: " + page);

        String html = Files.readString(page);
        assertThat(html).contains("&lt;lantern&gt;", "layer 29, head 2").doesNotContain("<lantern>", "https://");
        List<MatchResult> passages = Pattern.compile("data-n=\"(\\d+)\" data-s=\"([\\d.]+)\" data-k=\"([0-9a-z]+)\"")
                .matcher(html)
                .results()
                .toList();
        int kept = 0;
        int tokens = 0;
        for (MatchResult passage : passages) {
            assertThat(passage.group(3)).hasSize(2 * HEADS);
            for (int head = 0; head < HEADS; head++) {
                kept += Integer.parseInt(passage.group(3).substring(2 * head, 2 * head + 2), 36);
            }
            tokens += Integer.parseInt(passage.group(1));
        }
        // A passage that runs on into the question is drawn as local, with what was kept of its beginning.
        assertThat(kept).isBetween((BUDGET - 4) * HEADS, BUDGET * HEADS);
        assertThat(tokens).isGreaterThan(2 * BUDGET);
        choosesAHeadInTheBrowser(page);
    }

    /** Choosing a head shades each passage by what that head kept, and going back to all shades as before. */
    private static void choosesAHeadInTheBrowser(Path page) {
        JsonNode seen = Browser.open(
                page,
                "const spans=[...document.querySelectorAll('span[data-k]')],s=document.getElementById('head'),"
                        + "shades=()=>spans.map(e=>getComputedStyle(e).backgroundColor),"
                        + "pick=v=>{s.value=v;s.dispatchEvent(new Event('change'));return shades();};"
                        + "return {options:s.options.length,before:shades(),head:pick('7'),after:pick('-1'),"
                        + "kept:spans.map(e=>parseInt(e.dataset.k.substr(14,2),36)/e.dataset.n),"
                        + "tooltip:spans[0].title,local:document.querySelectorAll('.local').length,"
                        + "overflow:document.documentElement.scrollWidth-innerWidth};");
        assertThat(seen.get("faults")).isEmpty();
        JsonNode value = seen.get("value");
        assertThat(value.get("options").asInt()).isEqualTo(HEADS + 1);
        assertThat(value.get("after")).isEqualTo(value.get("before"));
        assertThat(value.get("head")).isNotEqualTo(value.get("before"));
        assertThat(value.get("tooltip").asText()).matches("tokens 0 to \\d+; kept .*");
        assertThat(value.get("local").asInt()).isPositive();
        assertThat(value.get("overflow").asInt()).isLessThanOrEqualTo(0);
        for (int i = 0; i < value.get("kept").size(); i++) {
            boolean none = value.get("kept").get(i).asDouble() == 0;
            assertThat(value.get("head").get(i).asText().matches("rgba\\(.*, 0\\)"))
                    .isEqualTo(none);
        }
    }
}
