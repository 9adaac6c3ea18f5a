package dev.locret.eval;

import java.util.ArrayList;
import java.util.List;

/** A table for terminals; columns that are empty are left out. */
final class TextTable {
    private TextTable() {}

    /**
     * @param names how many columns, the first, are flush left
     */
    static List<String> of(List<String> head, List<List<String>> rows, int names) {
        List<String> lines = new ArrayList<>();
        int[] widths = new int[head.size()];
        for (int i = 0; i < widths.length; i++) {
            int column = i;
            int widest =
                    rows.stream().mapToInt(r -> r.get(column).length()).max().orElse(0);
            widths[i] = widest == 0 ? 0 : Math.max(widest, head.get(i).length());
        }
        lines.add(line(head, widths, names));
        rows.forEach(row -> lines.add(line(row, widths, names)));
        return lines;
    }

    private static String line(List<String> cells, int[] widths, int names) {
        StringBuilder line = new StringBuilder();
        for (int i = 0; i < widths.length; i++) {
            if (widths[i] > 0) {
                String padding = " ".repeat(widths[i] - cells.get(i).length());
                line.append(line.isEmpty() ? "" : "  ");
                line.append(i < names ? cells.get(i) + padding : padding + cells.get(i));
            }
        }
        return line.toString().stripTrailing();
    }
}
