package dev.locret.text.jinja;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

/** The less used ways to cut a string. */
final class TextSplit {
    private TextSplit() {}

    /** Splits at runs of white space; none at the ends count. */
    static List<Object> onSpace(Evaluation e, Text text, long maxSplits) {
        List<Object> parts = new ArrayList<>();
        String s = text.toString();
        int i = 0;
        while (true) {
            while (i < s.length() && PythonText.isSpace(s.charAt(i))) {
                i++;
            }
            if (i == s.length()) {
                return parts;
            }
            e.budget.step();
            if (maxSplits >= 0 && parts.size() == maxSplits) {
                parts.add(text.substring(i, s.length()));
                return parts;
            }
            int from = i;
            while (i < s.length() && !PythonText.isSpace(s.charAt(i))) {
                i++;
            }
            parts.add(text.substring(from, i));
        }
    }

    static List<Object> fromRight(Evaluation e, Text text, Text separator, long maxSplits) {
        if (separator == null) {
            if (maxSplits >= 0) {
                throw new Failure("rsplit by white space with a limit is not supported");
            }
            return onSpace(e, text, -1);
        }
        if (separator.isEmpty()) {
            throw new Failure("empty separator");
        }
        List<Object> parts = new ArrayList<>();
        String s = text.toString();
        int to = s.length();
        while (maxSplits < 0 || parts.size() < maxSplits) {
            e.budget.step();
            int at = to < separator.length() ? -1 : s.lastIndexOf(separator.toString(), to - separator.length());
            if (at < 0) {
                break;
            }
            parts.add(text.substring(at + separator.length(), to));
            to = at;
        }
        parts.add(text.substring(0, to));
        Collections.reverse(parts);
        return parts;
    }

    static List<Object> lines(Evaluation e, Text text, boolean keepEnds) {
        List<Object> lines = new ArrayList<>();
        String s = text.toString();
        int from = 0;
        for (int i = 0; i < s.length(); i++) {
            if (!endsLine(s.charAt(i))) {
                continue;
            }
            e.budget.step();
            int next = s.startsWith("\r\n", i) ? i + 2 : i + 1;
            lines.add(text.substring(from, keepEnds ? next : i));
            from = next;
            i = next - 1;
        }
        if (from < s.length()) {
            lines.add(text.substring(from, s.length()));
        }
        return lines;
    }

    private static boolean endsLine(char c) {
        return c >= 10 && c <= 13 || c >= 28 && c <= 30 || c == 0x85 || c == 0x2028 || c == 0x2029;
    }

    static List<Object> partition(Text text, Text separator, boolean last) {
        if (separator.isEmpty()) {
            throw new Failure("empty separator");
        }
        String s = text.toString();
        int at = last ? s.lastIndexOf(separator.toString()) : s.indexOf(separator.toString());
        if (at < 0) {
            return last ? Tuple.of(Text.EMPTY, Text.EMPTY, text) : Tuple.of(text, Text.EMPTY, Text.EMPTY);
        }
        int behind = at + separator.length();
        return Tuple.of(text.substring(0, at), text.substring(at, behind), text.substring(behind, s.length()));
    }
}
