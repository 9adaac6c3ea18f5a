package dev.locret.eval;

import java.util.Base64;
import java.util.List;
import java.util.Locale;
import java.util.stream.IntStream;

/** Parts of a page that needs nothing beside it. */
final class Html {
    private static final String STYLE = "body{font:15px/1.5 system-ui,sans-serif;max-width:90rem;margin:2rem auto;"
            + "padding:0 1rem;color:#222}h1{font-size:1.6rem}h2{font-size:1.2rem;margin-top:2rem}"
            + "table{border-collapse:collapse;margin:.5rem 0}th,td{padding:.2rem .6rem;border:1px solid #ddd;"
            + "white-space:nowrap}.wide{overflow-x:auto}"
            + "th{background:#f4f4f4;text-align:left}td.n{text-align:right;font-variant-numeric:tabular-nums}"
            + "img{max-width:100%;margin:0}.plots{display:grid;grid-template-columns:repeat(3,1fr);gap:.5rem}"
            + ".maps{display:flex;flex-wrap:wrap;gap:1.5rem}"
            + "p.note{color:#555}";

    private Html() {}

    static String page(String title, String body) {
        return "<!DOCTYPE html>\n<html lang=\"en\"><head><meta charset=\"utf-8\"><title>" + text(title)
                + "</title><meta name=\"viewport\" content=\"width=device-width\"><style>" + STYLE
                + "</style></head><body>\n<h1>" + text(title) + "</h1>\n" + body + "</body></html>\n";
    }

    /** Text that markup cannot break out of. */
    static String text(String text) {
        return text.replace("&", "&amp;")
                .replace("<", "&lt;")
                .replace(">", "&gt;")
                .replace("\"", "&quot;")
                .replace("'", "&#39;");
    }

    static String heading(String text) {
        return "<h2>" + text(text) + "</h2>\n";
    }

    static String note(String text) {
        return "<p class=\"note\">" + text(text) + "</p>\n";
    }

    static String head(List<String> columns) {
        StringBuilder row = new StringBuilder("<tr>");
        columns.forEach(c -> row.append("<th>").append(text(c)).append("</th>"));
        return row.append("</tr>\n").toString();
    }

    /** A table without the columns that are empty; the first {@code names} hold names and the others numbers. */
    static String table(List<String> columns, List<List<String>> rows, int names) {
        List<Integer> shown = IntStream.range(0, columns.size())
                .filter(i -> rows.stream().anyMatch(row -> !row.get(i).isEmpty()))
                .boxed()
                .toList();
        int shownNames = (int) shown.stream().filter(i -> i < names).count();
        StringBuilder table = new StringBuilder("<div class=\"wide\"><table>");
        table.append(head(shown.stream().map(columns::get).toList()));
        rows.forEach(row -> table.append(row(shown.stream().map(row::get).toList(), shownNames)));
        return table.append("</table></div>\n").toString();
    }

    /** A row of which the first cells are names and the others numbers. */
    private static String row(List<String> cells, int names) {
        StringBuilder row = new StringBuilder("<tr>");
        for (int i = 0; i < cells.size(); i++) {
            row.append(i < names ? "<td>" : "<td class=\"n\">")
                    .append(text(cells.get(i)))
                    .append("</td>");
        }
        return row.append("</tr>\n").toString();
    }

    /** A cell that is the greener the nearer {@code share} is to 1, empty if it is NaN. */
    static String shade(double share) {
        if (Double.isNaN(share)) {
            return "<td></td>";
        }
        return String.format(
                Locale.ROOT,
                "<td class=\"n\" style=\"background:hsl(%d,60%%,75%%)\">%.2f</td>",
                Math.round(120 * share),
                share);
    }

    static String image(String name, byte[] png) {
        return "<img alt=\"" + text(name) + "\" src=\"data:image/png;base64,"
                + Base64.getEncoder().encodeToString(png) + "\">\n";
    }
}
