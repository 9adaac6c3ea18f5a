package dev.locret.samples.corpus;

import java.sql.Timestamp;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;

/** A drawing of a run: a lane for each executor, a bar for each document, a cross where an executor was lost. */
final class Timeline {
    private static final int LABELS = 110;
    private static final int WIDTH = 760;
    private static final int LANE = 34;
    private static final int TOP = 40;

    /** Bars beyond this are too thin to see. */
    private static final int MOST = 2_000;

    /** A document's time at an executor; {@code label} shows when one points at the bar. */
    record Bar(String executor, String label, boolean error, long startMillis, long millis) {}

    private Timeline() {}

    /** Of a run's rows, the first {@value #MOST} that were asked. */
    static String of(Dataset<Row> rows, Map<String, Long> lost) {
        List<Bar> bars = rows.orderBy("started").limit(MOST).collectAsList().stream()
                .map(row -> new Bar(
                        row.getAs("executor"),
                        row.getAs("document"),
                        row.getAs("error") != null,
                        row.<Timestamp>getAs("started").getTime(),
                        row.<Long>getAs("millis")))
                .toList();
        return svg(bars, lost);
    }

    /**
     * @param bars at least one
     * @param lost when executors ended before the run did, by name
     */
    static String svg(List<Bar> bars, Map<String, Long> lost) {
        long begin = bars.stream().mapToLong(Bar::startMillis).min().orElseThrow();
        long end = bars.stream()
                .mapToLong(bar -> bar.startMillis() + bar.millis())
                .max()
                .orElseThrow();
        double scale = (double) WIDTH / Math.max(1, end - begin);
        Map<String, List<Bar>> lanes =
                new TreeMap<>(Comparator.comparing(String::length).thenComparing(name -> name));
        lost.keySet().forEach(executor -> lanes.put(executor, new ArrayList<>()));
        bars.forEach(bar -> lanes.computeIfAbsent(bar.executor(), executor -> new ArrayList<>())
                .add(bar));

        int height = TOP + lanes.size() * LANE + 30;
        StringBuilder svg = new StringBuilder();
        add(
                svg,
                "<svg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 %d %d' font-family='sans-serif' font-size='13'>",
                LABELS + WIDTH + 30,
                height);
        add(svg, "<rect width='100%%' height='100%%' fill='#ffffff'/>");
        add(svg, "<text x='10' y='22'>%d documents in %.1f s</text>", bars.size(), (end - begin) / 1000.0);
        int y = TOP;
        for (Map.Entry<String, List<Bar>> lane : lanes.entrySet()) {
            add(svg, "<text x='10' y='%d'>executor %s</text>", y + 18, escaped(lane.getKey()));
            for (Bar bar : lane.getValue()) {
                add(
                        svg,
                        "<rect x='%.1f' y='%d' width='%.1f' height='22' rx='2' fill='%s'><title>%s</title></rect>",
                        LABELS + (bar.startMillis() - begin) * scale,
                        y,
                        Math.max(2, bar.millis() * scale - 1),
                        bar.error() ? "#c2410c" : "#2563a8",
                        escaped(bar.label()));
            }
            Long at = lost.get(lane.getKey());
            if (at != null) {
                double x = LABELS + Math.min(WIDTH, Math.max(0, (at - begin) * scale));
                add(svg, "<path d='M%.1f %d l12 12 m-12 0 l12 -12' stroke='#b00020' stroke-width='2.5'/>", x, y + 5);
                add(svg, "<text x='%.1f' y='%d' fill='#b00020'>lost</text>", x + 17, y + 16);
            }
            y += LANE;
        }
        add(
                svg,
                "<rect x='%d' y='%d' width='12' height='12' fill='#2563a8'/><text x='%d' y='%d'>answered</text>",
                LABELS,
                y + 4,
                LABELS + 17,
                y + 14);
        add(
                svg,
                "<rect x='%d' y='%d' width='12' height='12' fill='#c2410c'/><text x='%d' y='%d'>an error of the document</text>",
                LABELS + 100,
                y + 4,
                LABELS + 117,
                y + 14);
        return svg.append("</svg>\n").toString();
    }

    private static void add(StringBuilder svg, String format, Object... values) {
        svg.append(String.format(Locale.ROOT, format, values)).append('\n');
    }

    private static String escaped(String text) {
        return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;");
    }
}
