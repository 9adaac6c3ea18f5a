package dev.locret.samples.agent;

import java.awt.Color;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.DoubleStream;
import org.knowm.xchart.BitmapEncoder;
import org.knowm.xchart.XYChart;
import org.knowm.xchart.XYChartBuilder;
import org.knowm.xchart.style.Styler.LegendPosition;
import org.knowm.xchart.style.markers.SeriesMarkers;

/** The picture of a conversation: it grows, the cache and what a request reads of it do not. */
final class MemoryChart {
    private MemoryChart() {}

    /**
     * Writes a PNG.
     *
     * @param capacity entries that the cache has room for, per KV head
     */
    static void write(List<Turn> turns, int capacity, Path file) throws IOException {
        double[] calls = new double[turns.size()];
        for (int i = 0; i < calls.length; i++) {
            calls[i] = i + 1;
        }
        XYChart tokens = chart("Tokens", "thousands");
        line(tokens, "the conversation", calls, turns.stream().mapToDouble(t -> t.conversation() / 1e3));
        line(tokens, "read for this request", calls, turns.stream().mapToDouble(t -> t.read() / 1e3));
        line(tokens, "entries in the cache", calls, turns.stream().mapToDouble(t -> t.entries() / 1e3));
        XYChart memory = chart("Memory", "MiB");
        double mib = 1 << 20;
        line(memory, "the process", calls, turns.stream().mapToDouble(t -> t.residentBytes() / mib));
        // Every token has an entry per layer and KV head, so a cache that keeps them all grows as the conversation
        // does.
        line(
                memory,
                "a cache of the whole conversation",
                calls,
                turns.stream().mapToDouble(t -> (double) t.cacheBytes() / capacity * t.conversation() / mib));
        line(memory, "the cache", calls, turns.stream().mapToDouble(t -> t.cacheBytes() / mib));
        BitmapEncoder.saveBitmap(List.of(tokens, memory), 1, 2, file.toString(), BitmapEncoder.BitmapFormat.PNG);
    }

    private static XYChart chart(String title, String unit) {
        XYChart chart = new XYChartBuilder()
                .width(520)
                .height(380)
                .title(title)
                .xAxisTitle("requests")
                .yAxisTitle(unit)
                .build();
        chart.getStyler()
                .setLegendPosition(LegendPosition.OutsideS)
                .setChartBackgroundColor(Color.WHITE)
                .setSeriesColors(new Color[] {new Color(0x9DB8D2), new Color(0xC65D21), new Color(0x1F4E79)});
        chart.getStyler().setYAxisMin(0.0).setXAxisMin(0.0).setXAxisMaxLabelCount(9);
        return chart;
    }

    private static void line(XYChart chart, String name, double[] x, DoubleStream y) {
        chart.addSeries(name, x, y.toArray()).setMarker(SeriesMarkers.NONE);
    }
}
