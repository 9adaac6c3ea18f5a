package dev.locret.samples.rag;

import java.awt.Color;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.knowm.xchart.BitmapEncoder;
import org.knowm.xchart.CategoryChart;
import org.knowm.xchart.CategoryChartBuilder;
import org.knowm.xchart.style.CategoryStyler;

/** The results of several ways to retrieve, as a table and as a picture. */
final class Report {
    private Report() {}

    /** A line for each way: questions, those whose answer was retrieved and given, means of tokens and seconds. */
    static String table(Map<String, List<Outcome>> ways) {
        StringBuilder table = new StringBuilder(String.format(
                "%-16s %9s %9s %7s %14s %12s%n",
                "retrieved", "questions", "has it", "right", "prompt tokens", "seconds"));
        ways.forEach((way, outcomes) -> table.append(String.format(
                Locale.ROOT,
                "%-16s %9d %9d %7d %14.0f %12.1f%n",
                way,
                outcomes.size(),
                Outcome.found(outcomes),
                Outcome.right(outcomes),
                Outcome.meanTokens(outcomes),
                Outcome.meanSeconds(outcomes))));
        return table.toString();
    }

    /** A PNG of what was retrieved and what was answered, in percent of the questions. */
    static void picture(Map<String, List<Outcome>> ways, Path file) throws IOException {
        CategoryChart chart = new CategoryChartBuilder()
                .width(760)
                .height(420)
                .title("Questions to a library of chapters and scenes")
                .yAxisTitle("% of questions")
                .build();
        CategoryStyler style = chart.getStyler();
        style.setYAxisMin(0.0).setYAxisMax(100.0).setChartBackgroundColor(Color.WHITE);
        style.setSeriesColors(new Color[] {new Color(0x9DB8D2), new Color(0x1F4E79)});
        List<String> names = new ArrayList<>();
        List<Double> found = new ArrayList<>();
        List<Double> right = new ArrayList<>();
        ways.forEach((way, outcomes) -> {
            names.add(String.format(
                    Locale.ROOT,
                    "%s: %,.0f tokens, %.1f s",
                    way,
                    Outcome.meanTokens(outcomes),
                    Outcome.meanSeconds(outcomes)));
            found.add(100.0 * Outcome.found(outcomes) / outcomes.size());
            right.add(100.0 * Outcome.right(outcomes) / outcomes.size());
        });
        chart.addSeries("the answer is in what was retrieved", names, found);
        chart.addSeries("the model gives it", names, right);
        BitmapEncoder.saveBitmap(chart, file.toString(), BitmapEncoder.BitmapFormat.PNG);
    }
}
