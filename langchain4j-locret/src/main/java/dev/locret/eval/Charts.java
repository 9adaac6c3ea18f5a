package dev.locret.eval;

import java.awt.Color;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Predicate;
import java.util.function.ToIntFunction;
import org.knowm.xchart.BitmapEncoder;
import org.knowm.xchart.BitmapEncoder.BitmapFormat;
import org.knowm.xchart.XYChart;
import org.knowm.xchart.XYChartBuilder;
import org.knowm.xchart.XYSeries;
import org.knowm.xchart.style.Styler;

/** Plots of rows, as PNG. */
final class Charts {
    private static final int WIDTH = 640;
    private static final int HEIGHT = 400;
    private static final String FULL = "full attention";

    private Charts() {}

    /** All plots by a name that can be a file's, in the order of the page. */
    static Map<String, byte[]> of(List<Row> rows) {
        Map<String, byte[]> charts = new LinkedHashMap<>();
        List<Row> all = rows.stream().filter(r -> r.kind().equals(Row.ALL)).toList();
        for (String task : all.stream().map(Row::task).distinct().toList()) {
            List<Row> ofTask = all.stream().filter(r -> r.task().equals(task)).toList();
            for (int length : ofTask.stream().mapToInt(Row::length).distinct().toArray()) {
                add(charts, ofTask, r -> r.length() == length, Row::budget, name(task, "length", length), "budget");
            }
            if (ofTask.stream().mapToInt(Row::length).distinct().count() > 1) {
                for (int budget :
                        ofTask.stream().mapToInt(Row::budget).distinct().toArray()) {
                    if (budget != 0) {
                        Predicate<Row> same = r -> r.budget() == budget || r.budget() == 0;
                        add(charts, ofTask, same, Row::length, name(task, "budget", budget), "length");
                    }
                }
            }
        }
        return charts;
    }

    private static String name(String task, String what, int value) {
        return task.replaceAll("[^\\w.-]", "_") + "-" + what + "-" + value;
    }

    private static void add(
            Map<String, byte[]> charts,
            List<Row> rows,
            Predicate<Row> wanted,
            ToIntFunction<Row> x,
            String name,
            String xTitle) {
        List<Row> shown = rows.stream().filter(wanted).toList();
        boolean continuation = shown.stream().allMatch(r -> r.questions() == 0);
        XYChart chart = new XYChartBuilder()
                .width(WIDTH)
                .height(HEIGHT)
                .title(name)
                .xAxisTitle(xTitle.equals("budget") ? "entries kept per KV head" : "tokens of the document")
                .yAxisTitle(continuation ? "perplexity" : "score")
                .build();
        chart.getStyler().setXAxisLogarithmic(true);
        chart.getStyler().setChartBackgroundColor(Color.WHITE);
        chart.getStyler().setLegendPosition(Styler.LegendPosition.OutsideE);
        if (!continuation) {
            chart.getStyler().setYAxisMin(0.0).setYAxisMax(1.0);
        }
        Map<String, TreeMap<Integer, Row>> lines = new LinkedHashMap<>();
        for (Row row : shown) {
            boolean full = row.budget() == 0;
            TreeMap<Integer, Row> line = lines.computeIfAbsent(full ? FULL : row.policy(), p -> new TreeMap<>());
            if (full && xTitle.equals("budget")) {
                // A level line over all budgets.
                shown.stream().filter(r -> r.budget() > 0).forEach(r -> line.put(r.budget(), row));
            } else {
                line.put(x.applyAsInt(row), row);
            }
        }
        lines.values().removeIf(Map::isEmpty);
        if (lines.isEmpty() || lines.values().stream().anyMatch(line -> line.containsKey(0))) {
            // Only full attention was measured, or documents are as long as they are: nothing to draw over.
            return;
        }
        lines.forEach((policy, line) -> series(chart, policy, line));
        charts.put(name, png(chart));
    }

    private static void series(XYChart chart, String policy, TreeMap<Integer, Row> line) {
        List<Integer> xs = new ArrayList<>(line.keySet());
        List<Double> ys = new ArrayList<>();
        List<Double> bars = new ArrayList<>();
        for (Row row : line.values()) {
            ys.add(row.score() == null ? Math.exp(row.nll()) : row.score());
            bars.add(row.score() == null ? 0 : (row.high() - row.low()) / 2);
        }
        XYSeries series = chart.addSeries(policy, xs, ys, bars);
        if (policy.equals(FULL)) {
            series.setLineColor(Color.GRAY);
            series.setMarkerColor(Color.GRAY);
        }
    }

    private static byte[] png(XYChart chart) {
        try {
            return BitmapEncoder.getBitmapBytes(chart, BitmapFormat.PNG);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
