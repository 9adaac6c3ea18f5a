package dev.locret.eval;

import dev.locret.common.ByteSize;
import java.util.List;
import java.util.Locale;

/**
 * What a candidate came to.
 *
 * @param candidate its settings
 * @param row what it reached on the documents
 * @param memory what it takes by the memory plan
 */
record Trial(Candidate candidate, Row row, CandidateMemory.Need memory) {
    static final List<String> COLUMNS = List.of(
            "",
            "settings",
            "score",
            "95 % interval",
            "by document",
            "share of full",
            "its interval",
            "memory",
            "cache",
            "read tokens/s");

    /** Mean over the questions. */
    double score() {
        return row.score();
    }

    List<String> cells(String label) {
        return List.of(
                label,
                candidate.describe(),
                number("%.3f", row.score()),
                interval(row.low(), row.high()),
                interval(row.documentLow(), row.documentHigh()),
                number("%.3f", row.ofFull()),
                interval(row.ofFullLow(), row.ofFullHigh()),
                ByteSize.mebibytes(memory.bytes()),
                ByteSize.mebibytes(memory.cacheBytes()),
                number("%.0f", row.tokensPerSecond()));
    }

    /** What it gains and loses against another, in a line. */
    String against(String label, Trial other) {
        double difference = row.score() - other.row.score();
        boolean apart = row.low() > other.row.high() || row.high() < other.row.low();
        String quality = difference == 0
                ? "the same score"
                : number("%.3f", Math.abs(difference)) + (difference > 0 ? " more" : " less") + " score"
                        + (apart ? "" : " (the intervals overlap, so it may be chance)");
        return "against " + label + ": " + quality + ", " + times(other.memory.bytes(), memory.bytes())
                + " the memory ("
                + ByteSize.mebibytes(memory.bytes()) + " for " + ByteSize.mebibytes(other.memory.bytes()) + "), "
                + times(other.memory.cacheBytes(), memory.cacheBytes()) + " the cache, "
                + times(other.row.tokensPerSecond(), row.tokensPerSecond()) + " the reading speed";
    }

    private static String times(double before, double now) {
        return number("%.2f", now / before) + " times";
    }

    private static String interval(Double low, Double high) {
        return low == null ? "" : number("%.2f", low) + " to " + number("%.2f", high);
    }

    private static String number(String format, Double value) {
        return value == null ? "" : String.format(Locale.ROOT, format, value);
    }
}
