package dev.locret.eval;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** Rows as comma-separated values. */
final class Csv {
    private static final String HEAD = "task,length,policy,budget,kind,documents,questions,found,score,low,high,"
            + "document_low,document_high,of_full,of_full_low,of_full_high,full_found,nll,perplexity_of_full,tokens_per_second,cache_bytes";

    private Csv() {}

    static String of(List<Row> rows) {
        List<String> lines = new ArrayList<>();
        lines.add(HEAD);
        rows.forEach(row -> lines.add(line(row)));
        return String.join("\n", lines) + "\n";
    }

    private static String line(Row row) {
        return String.join(
                ",",
                quoted(row.task()),
                String.valueOf(row.length()),
                row.policy(),
                String.valueOf(row.budget()),
                quoted(row.kind()),
                String.valueOf(row.documents()),
                String.valueOf(row.questions()),
                number(row.found()),
                number(row.score()),
                number(row.low()),
                number(row.high()),
                number(row.documentLow()),
                number(row.documentHigh()),
                number(row.ofFull()),
                number(row.ofFullLow()),
                number(row.ofFullHigh()),
                number(row.fullFound()),
                number(row.nll()),
                number(row.perplexityOfFull()),
                number(row.tokensPerSecond()),
                String.valueOf(row.cacheBytes()));
    }

    private static String number(Double value) {
        return value == null ? "" : String.format(Locale.ROOT, "%.4f", value);
    }

    /** Names of tasks come from files, which may hold anything. */
    private static String quoted(String text) {
        return text.matches("[\\w.-]*") ? text : '"' + text.replace("\"", "\"\"") + '"';
    }
}
