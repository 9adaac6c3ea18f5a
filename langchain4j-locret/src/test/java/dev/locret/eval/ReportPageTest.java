package dev.locret.eval;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.locret.testing.Browser;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The report as a browser shows it. */
class ReportPageTest {
    @TempDir
    private Path directory;

    @Test
    void showsTablePlotsAndHeatMap() throws IOException {
        ResultsFile results = ResultsFile.open(directory.resolve("results.jsonl"), Map.of());
        results.add(ResultsFileTest.outcome(0, "none", 0, 1, 1));
        results.add(ResultsFileTest.outcome(0, "locret", 128, 1, 0));
        results.add(ResultsFileTest.outcome(0, "locret", 256, 1, 1));
        results.add(ResultsFileTest.outcome(0, "<b>", 256, 0, 1));
        Report.of(Map.of("model", "<script>absent()</script>"), results).write(directory);

        JsonNode seen = Browser.open(
                directory.resolve("report.html"),
                "const all=(s)=>[...document.querySelectorAll(s)];return {"
                        + "heading:document.querySelector('h1').textContent,"
                        + "settings:all('table').pop().textContent,"
                        + "rows:all('table')[0].rows.length,"
                        + "columns:[...all('table')[0].rows[0].cells].map(c=>c.textContent),"
                        + "plots:all('img').map(i=>({name:i.alt,loaded:i.complete&&i.naturalWidth>0,width:i.clientWidth})),"
                        + "maps:all('.maps table').map(t=>t.caption.textContent),"
                        + "colours:all('.maps td').map(c=>getComputedStyle(c).backgroundColor),"
                        + "overflow:document.documentElement.scrollWidth-innerWidth};");

        assertThat(seen.get("faults")).isEmpty();
        JsonNode page = seen.get("value");
        assertThat(page.get("heading").asText()).isEqualTo("Locret evaluation");
        assertThat(page.get("settings").asText()).contains("<script>absent()</script>");
        assertThat(page.get("rows").asInt()).isEqualTo(1 + 4);
        assertThat(page.get("columns").toString()).contains("share of full").doesNotContain("NLL");
        List<String> plots = page.get("plots").findValuesAsText("name");
        assertThat(plots)
                .containsExactly("needles-length-1024", "needles-length-1024-speed", "needles-length-1024-memory");
        for (JsonNode plot : page.get("plots")) {
            assertThat(plot.get("loaded").asBoolean()).isTrue();
            assertThat(plot.get("width").asInt()).isGreaterThan(200);
            assertThat(Files.size(directory.resolve(plot.get("name").asText() + ".png")))
                    .isPositive();
        }
        assertThat(page.get("maps").toString())
                .isEqualTo("[\"needles, 1024 tokens, locret\",\"needles, 1024 tokens, <b>\"]");
        // Half of what was asked was found with 128 entries: between red and green.
        assertThat(page.get("colours").toString()).contains("rgb(230, 230, 153)");
        assertThat(page.get("overflow").asInt()).isLessThanOrEqualTo(0);
    }
}
