package dev.locret.generate;

import java.util.List;

/**
 * Looks for stop texts in an answer that comes in pieces, however the pieces are cut. Text is held back only while it is
 * the beginning of a stop text. The stop text that ends first in the answer counts, of several the longest.
 */
public final class StopCondition {
    private final List<String> stops;
    private final StringBuilder held = new StringBuilder();
    private boolean stopped;

    /**
     * @param stops texts that end the answer; none of them empty
     */
    public StopCondition(List<String> stops) {
        this.stops = List.copyOf(stops);
    }

    /** Whether a stop text came. */
    public boolean stopped() {
        return stopped;
    }

    /** Takes the next piece and returns what of the text so far can be given out, nothing once stopped. */
    public String append(String piece) {
        if (stopped) {
            return "";
        }
        int old = held.length();
        held.append(piece);
        for (int end = old + 1; end <= held.length(); end++) {
            int begin = matchEndingAt(end);
            if (begin >= 0) {
                stopped = true;
                return take(begin);
            }
        }
        return take(held.length() - beginnings());
    }

    /** Where the longest stop text that ends at {@code end} begins, or -1. */
    private int matchEndingAt(int end) {
        int begin = -1;
        for (String stop : stops) {
            int at = end - stop.length();
            if (at >= 0 && (begin < 0 || at < begin) && regionMatches(at, stop, stop.length())) {
                begin = at;
            }
        }
        return begin;
    }

    /** Length of the longest end of the text that is the beginning of a stop text. */
    private int beginnings() {
        int longest = 0;
        for (String stop : stops) {
            for (int length = Math.min(stop.length() - 1, held.length()); length > longest; length--) {
                if (regionMatches(held.length() - length, stop, length)) {
                    longest = length;
                }
            }
        }
        return longest;
    }

    private boolean regionMatches(int at, String stop, int length) {
        for (int i = 0; i < length; i++) {
            if (held.charAt(at + i) != stop.charAt(i)) {
                return false;
            }
        }
        return true;
    }

    private String take(int length) {
        String text = held.substring(0, length);
        held.delete(0, length);
        return text;
    }

    /** Ends the text: what was held back is no stop text. */
    public String finish() {
        return stopped ? "" : take(held.length());
    }
}
