package dev.locret.eval;

import java.awt.Color;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
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

    /** What is drawn over budget or length. */
    private enum Measure {
        QUALITY("", ""),
        SPEED("-speed", "tokens read in a second"),
        MEMORY("-memory", "MiB of the cache");

        private final String suffix;
        private final String title;

        Measure(String suffix, String title) {
            this.suffix = suffix;
            this.title = title;
        }

        double of(Row row) {
            return switch (this) {
                case QUALITY -> row.score() == null ? Math.exp(row.nll()) : row.score();
                case SPEED -> row.tokensPerSecond();
                case MEMORY -> row.cacheBytes() / 1048576.0;
            };
        }

        /** Half of the interval. */
        double deviation(Row row) {
            return this == QUALITY && row.score() != null ? (row.high() - row.low()) / 2 : 0;
        }
    }

    /** What plots stand beside each other: quality, speed and memory over the same. */
    private record Plot(List<Row> rows, ToIntFunction<Row> x, String name, String title, boolean overBudget) {}

    /** All plots by a name that can be a file's, in the order of the page: quality, speed and memory take turns. */
    static Map<String, byte[]> of(List<Row> rows) {
        Map<String, byte[]> charts = new LinkedHashMap<>();
        List<Row> all = rows.stream().filter(r -> r.kind().equals(Row.ALL)).toList();
        for (String task : all.stream().map(Row::task).distinct().toList()) {
            List<Row> ofTask = all.stream().filter(r -> r.task().equals(task)).toList();
            for (int length : ofTask.stream().mapToInt(Row::length).distinct().toArray()) {
                List<Row> shown =
                        ofTask.stream().filter(r -> r.length() == length).toList();
                String title = length == 0 ? task : task + ", " + length + " tokens";
                add(charts, new Plot(shown, Row::budget, name(task, "length", length), title, true));
            }
            if (ofTask.stream().mapToInt(Row::length).distinct().count() > 1) {
                for (int budget :
                        ofTask.stream().mapToInt(Row::budget).distinct().toArray()) {
                    if (budget != 0) {
                        List<Row> shown = ofTask.stream()
                                .filter(r -> r.budget() == budget || r.budget() == 0)
                                .toList();
                        String title = task + ", budget " + budget;
                        add(charts, new Plot(shown, Row::length, name(task, "budget", budget), title, false));
                    }
                }
            }
        }
        return charts;
    }

    private static String name(String task, String what, int value) {
        return task.replaceAll("[^\\w.-]", "_") + "-" + what + "-" + value;
    }

    private static void add(Map<String, byte[]> charts, Plot plot) {
        Map<String, TreeMap<Integer, Row>> lines = lines(plot);
        if (lines.isEmpty() || lines.values().stream().anyMatch(line -> line.containsKey(0))) {
            // Only full attention was measured, or documents are as long as they are: nothing to draw over.
            return;
        }
        for (Measure measure : Measure.values()) {
            charts.put(plot.name + measure.suffix, png(chart(plot, measure, lines)));
        }
    }

    /** Rows by policy and x. */
    private static Map<String, TreeMap<Integer, Row>> lines(Plot plot) {
        Map<String, TreeMap<Integer, Row>> lines = new LinkedHashMap<>();
        for (Row row : plot.rows) {
            boolean full = row.budget() == 0;
            TreeMap<Integer, Row> line = lines.computeIfAbsent(full ? FULL : row.policy(), p -> new TreeMap<>());
            if (full && plot.overBudget) {
                // A level line over all budgets.
                plot.rows.stream().filter(r -> r.budget() > 0).forEach(r -> line.put(r.budget(), row));
            } else {
                line.put(plot.x.applyAsInt(row), row);
            }
        }
        lines.values().removeIf(Map::isEmpty);
        return lines;
    }

    private static XYChart chart(Plot plot, Measure measure, Map<String, TreeMap<Integer, Row>> lines) {
        boolean continuation = plot.rows.stream().allMatch(r -> r.questions() == 0);
        boolean quality = measure == Measure.QUALITY;
        XYChart chart = new XYChartBuilder()
                .width(WIDTH)
                .height(HEIGHT)
                .title(plot.title)
                .xAxisTitle(plot.overBudget ? "entries kept per KV head" : "tokens of the document")
                .yAxisTitle(quality ? continuation ? "perplexity" : "score" : measure.title)
                .build();
        // Powers of two along the axis: a logarithmic one has labels at powers of ten alone, which may not be there.
        chart.getStyler().setxAxisTickLabelsFormattingFunction(Charts::powerOfTwo);
        chart.getStyler().setErrorBarsColorSeriesColor(true);
        chart.getStyler().setChartBackgroundColor(Color.WHITE);
        chart.getStyler().setLegendPosition(Styler.LegendPosition.OutsideS);
        chart.getStyler().setLegendLayout(Styler.LegendLayout.Horizontal);
        if (quality && !continuation) {
            chart.getStyler().setYAxisMin(0.0).setYAxisMax(1.0);
        } else if (!quality) {
            chart.getStyler().setYAxisMin(0.0);
        }
        lines.forEach((policy, line) -> series(chart, policy, line, measure));
        return chart;
    }

    private static void series(XYChart chart, String policy, TreeMap<Integer, Row> line, Measure measure) {
        List<Double> xs = line.keySet().stream().map(Charts::log2).toList();
        List<Double> ys = line.values().stream().map(measure::of).toList();
        List<Double> bars = line.values().stream().map(measure::deviation).toList();
        XYSeries series = chart.addSeries(policy, xs, ys, bars);
        if (policy.equals(FULL)) {
            series.setLineColor(Color.GRAY);
            series.setMarkerColor(Color.GRAY);
        }
    }

    private static double log2(int value) {
        return Math.log(value) / Math.log(2);
    }

    /** Blank between powers of two, since XChart cannot measure an empty label. */
    private static String powerOfTwo(double exponent) {
        long nearest = Math.round(exponent);
        return Math.abs(exponent - nearest) < 1e-6 ? String.valueOf(1L << nearest) : " ";
    }

    private static byte[] png(XYChart chart) {
        try {
            return BitmapEncoder.getBitmapBytes(chart, BitmapFormat.PNG);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
