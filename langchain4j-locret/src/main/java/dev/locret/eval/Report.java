package dev.locret.eval;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.locret.common.ErrorId;
import dev.locret.common.LocretException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** What a run found, as JSON, CSV, plots, and a page that holds all of it. */
public final class Report {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final List<String> COLUMNS = List.of(
            "task",
            "length",
            "policy",
            "budget",
            "asked for",
            "found",
            "score",
            "95 % interval",
            "by document",
            "share of full",
            "its interval",
            "NLL",
            "perplexity / full",
            "read tokens/s",
            "cache MiB");
    private static final int NAMES = 5;

    private final Map<String, String> settings;
    private final List<Outcome> outcomes;
    private final List<Row> rows;

    private Report(Map<String, String> settings, List<Outcome> outcomes) {
        this.settings = settings;
        this.outcomes = outcomes;
        this.rows = Summary.of(outcomes);
    }

    /**
     * @param settings of the run, by name
     */
    public static Report of(Map<String, String> settings, ResultsFile results) {
        return new Report(settings, results.outcomes());
    }

    /**
     * Writes {@code report.json}, {@code report.csv}, {@code report.html} and a PNG for each plot.
     *
     * @throws LocretException ({@code file-not-writable})
     */
    public void write(Path directory) {
        Map<String, byte[]> charts = Charts.of(rows);
        Map<String, byte[]> files = new LinkedHashMap<>();
        files.put("report.json", json().getBytes(StandardCharsets.UTF_8));
        files.put("report.csv", Csv.of(rows).getBytes(StandardCharsets.UTF_8));
        files.put("report.html", html(charts).getBytes(StandardCharsets.UTF_8));
        charts.forEach((name, png) -> files.put(name + ".png", png));
        try {
            for (Map.Entry<String, byte[]> file : files.entrySet()) {
                Files.write(directory.resolve(file.getKey()), file.getValue());
            }
        } catch (IOException e) {
            throw new LocretException(
                    ErrorId.FILE_NOT_WRITABLE, "eval report: not written (" + e + "): " + directory, e);
        }
    }

    /** {@code {"settings": {...}, "rows": [...]}}. */
    public String json() {
        Map<String, Object> report = new LinkedHashMap<>();
        report.put("settings", settings);
        report.put("rows", rows);
        try {
            return JSON.writeValueAsString(report);
        } catch (JsonProcessingException e) {
            throw new IllegalStateException(e);
        }
    }

    /** The table as lines of text. */
    public List<String> lines() {
        return TextTable.of(COLUMNS, rows.stream().map(Report::cells).toList(), NAMES);
    }

    private String html(Map<String, byte[]> charts) {
        StringBuilder body = new StringBuilder();
        body.append(Html.heading("Quality, speed and memory"))
                .append(Html.note("Score: mean over the questions. Share of full: what the policy found, by what full"
                        + " attention found on the same questions. 95 % interval: Wilson's, which takes questions for"
                        + " independent. By document, and of the share: bootstrap over whole documents; too narrow with"
                        + " a handful of them."))
                .append(Html.table(COLUMNS, rows.stream().map(Report::cells).toList(), NAMES));
        if (!charts.isEmpty()) {
            body.append(Html.heading("Plots: quality, speed, memory"));
        }
        body.append("<div class=\"plots\">");
        charts.forEach((name, png) -> body.append(Html.image(name, png)));
        body.append("</div>\n");
        Map<String, DepthMap> maps = DepthMap.of(outcomes);
        if (!maps.isEmpty()) {
            body.append(Html.heading("Score by depth"))
                    .append(Html.note("Where in the document the answer stands, from its beginning down."))
                    .append("<div class=\"maps\">");
            maps.forEach((title, map) -> body.append(depths(title, map)));
            body.append("</div>\n");
        }
        List<List<String>> told = new ArrayList<>();
        settings.forEach((name, value) -> told.add(List.of(name, value)));
        body.append(Html.heading("Settings")).append(Html.table(List.of("setting", "value"), told, 2));
        return Html.page("Locret evaluation", body.toString());
    }

    private static String depths(String title, DepthMap map) {
        List<String> columns = map.budgets().stream()
                .map(b -> b == 0 ? "full" : String.valueOf(b))
                .toList();
        StringBuilder table = new StringBuilder("<table><caption>" + Html.text(title) + "</caption>");
        table.append(Html.head(java.util.stream.Stream.concat(java.util.stream.Stream.of("depth"), columns.stream())
                .toList()));
        for (int band = 0; band < DepthMap.BANDS; band++) {
            table.append("<tr><th>").append(band * 100 / DepthMap.BANDS).append(" %</th>");
            for (int budget : map.budgets()) {
                table.append(Html.shade(map.score(budget, band)));
            }
            table.append("</tr>\n");
        }
        return table.append("</table>").toString();
    }

    private static List<String> cells(Row row) {
        boolean asked = row.questions() > 0;
        return List.of(
                row.task(),
                row.length() == 0 ? "" : String.valueOf(row.length()),
                row.policy().equals(Plan.FULL) ? "full attention" : row.policy(),
                row.budget() == 0 ? "" : String.valueOf(row.budget()),
                row.kind(),
                asked ? found(row.found()) + " of " + row.questions() : row.documents() + " documents",
                number("%.3f", row.score()),
                interval(row.low(), row.high()),
                interval(row.documentLow(), row.documentHigh()),
                number("%.3f", row.ofFull()),
                interval(row.ofFullLow(), row.ofFullHigh()),
                number("%.4f", row.nll()),
                number("%.4f", row.perplexityOfFull()),
                number("%.0f", row.tokensPerSecond()),
                number("%.1f", row.cacheBytes() / 1048576.0));
    }

    /** Answers that are right in part give parts. */
    private static String found(double sum) {
        return sum == Math.rint(sum) ? String.valueOf((long) sum) : number("%.2f", sum);
    }

    private static String interval(Double low, Double high) {
        return low == null ? "" : number("%.2f", low) + "–" + number("%.2f", high);
    }

    private static String number(String format, Double value) {
        return value == null ? "" : String.format(Locale.ROOT, format, value);
    }
}
