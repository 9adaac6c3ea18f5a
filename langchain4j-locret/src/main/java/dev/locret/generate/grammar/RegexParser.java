package dev.locret.generate.grammar;

import dev.locret.common.Checks;
import dev.locret.common.ErrorId;
import dev.locret.common.LocretException;
import java.util.ArrayList;
import java.util.List;

/**
 * Reads the regular part of ECMA-262 expressions, as JSON Schema uses them: classes, groups, alternatives, counts, and
 * the anchors {@code ^} and {@code $}. What a finite automaton cannot decide (look-around, back-references, word
 * boundaries) is refused.
 */
final class RegexParser {
    private static final int MAX_LENGTH = 10_000;
    private static final int MAX_GROUPS = 100;

    /** Largest count; the automaton's limit on states is met first in most expressions. */
    private static final int MAX_COUNT = 10_000;

    private static final CodePoints LINE_ENDS = CodePoints.anyOf("\n\r\u2028\u2029");

    private final String pattern;
    private int at;
    private int groups;

    private RegexParser(String pattern) {
        this.pattern = pattern;
    }

    /**
     * Reads an expression.
     *
     * @throws LocretException ({@code grammar}) that names the place if it is not one, or not regular
     */
    static Regex parse(String pattern) {
        Checks.check(
                pattern.length() <= MAX_LENGTH,
                ErrorId.GRAMMAR,
                () -> "pattern: too long: characters=" + pattern.length() + ", allowed=" + MAX_LENGTH);
        RegexParser parser = new RegexParser(pattern);
        Regex regex = parser.alternation();
        if (parser.at < pattern.length()) {
            throw parser.failure("unmatched ')'");
        }
        return regex;
    }

    private LocretException failure(String what) {
        String shown = pattern.length() > 80 ? pattern.substring(0, 80) + "…" : pattern;
        return new LocretException(ErrorId.GRAMMAR, "pattern: " + what + " at character " + at + ": " + shown);
    }

    private boolean more() {
        return at < pattern.length();
    }

    private boolean skip(String text) {
        boolean found = pattern.startsWith(text, at);
        at += found ? text.length() : 0;
        return found;
    }

    private int next() {
        if (!more()) {
            throw failure("ends early");
        }
        int codePoint = pattern.codePointAt(at);
        at += Character.charCount(codePoint);
        return codePoint;
    }

    private Regex alternation() {
        List<Regex> options = new ArrayList<>();
        do {
            List<Regex> parts = new ArrayList<>();
            while (more() && pattern.charAt(at) != '|' && pattern.charAt(at) != ')') {
                parts.add(counted(atom()));
            }
            options.add(parts.size() == 1 ? parts.get(0) : new Regex.Concatenation(parts));
        } while (skip("|"));
        return options.size() == 1 ? options.get(0) : new Regex.Alternation(options);
    }

    private Regex counted(Regex item) {
        Regex result = item;
        boolean anchor = item instanceof Regex.Anchor;
        if (skip("*")) {
            result = new Regex.Repetition(item, 0, Node.UNBOUNDED);
        } else if (skip("+")) {
            result = new Regex.Repetition(item, 1, Node.UNBOUNDED);
        } else if (skip("?")) {
            result = Regex.optional(item);
        } else if (skip("{")) {
            int min = number();
            int max = !skip(",") ? min : more() && pattern.charAt(at) == '}' ? Node.UNBOUNDED : number();
            if (!skip("}") || max < min) {
                throw failure("bad count");
            }
            result = new Regex.Repetition(item, min, max);
        } else {
            return item;
        }
        if (anchor) {
            throw failure("repeated anchor");
        }
        // Lazy or not: the language is the same.
        skip("?");
        if (more() && "*+?{".indexOf(pattern.charAt(at)) >= 0) {
            throw failure("nothing to repeat");
        }
        return result;
    }

    private int number() {
        int begin = at;
        int value = 0;
        while (more() && pattern.charAt(at) >= '0' && pattern.charAt(at) <= '9') {
            value = value * 10 + pattern.charAt(at++) - '0';
            if (value > MAX_COUNT) {
                throw failure("count above " + MAX_COUNT);
            }
        }
        if (at == begin) {
            throw failure("bad count");
        }
        return value;
    }

    private Regex atom() {
        int c = next();
        switch (c) {
            case '^':
                return new Regex.Anchor(true);
            case '$':
                return new Regex.Anchor(false);
            case '.':
                return new Regex.Characters(CodePoints.ALL.minus(LINE_ENDS));
            case '[':
                return new Regex.Characters(characterClass());
            case '(':
                return group();
            case '\\':
                return new Regex.Characters(escape(false));
            case '*':
            case '+':
            case '?':
            case '{':
                at--;
                throw failure("nothing to repeat");
            default:
                return Regex.characters(c, c);
        }
    }

    private Regex group() {
        if (++groups > MAX_GROUPS) {
            throw failure("more than " + MAX_GROUPS + " groups");
        }
        if (skip("?<") && more() && pattern.charAt(at) != '=' && pattern.charAt(at) != '!') {
            at = pattern.indexOf('>', at) + 1;
            if (at == 0) {
                at = pattern.length();
                throw failure("name of a group without end");
            }
        } else if (pattern.startsWith("?<", at - 2) || pattern.startsWith("?=", at) || pattern.startsWith("?!", at)) {
            throw failure("look-around is not supported");
        } else if (!skip("?:") && skip("?")) {
            throw failure("group of an unknown kind");
        }
        Regex inside = alternation();
        if (!skip(")")) {
            throw failure("unclosed '('");
        }
        return inside;
    }

    private CodePoints characterClass() {
        boolean negated = skip("^");
        CodePoints set = CodePoints.none();
        while (!skip("]")) {
            CodePoints low = classAtom();
            if (pattern.startsWith("-", at) && !pattern.startsWith("-]", at) && single(low) >= 0) {
                at++;
                int high = single(classAtom());
                if (high < single(low)) {
                    throw failure("bad range");
                }
                low = CodePoints.of(single(low), high);
            }
            set = set.union(low);
        }
        return negated ? set.complement() : set;
    }

    private CodePoints classAtom() {
        int c = next();
        return c == '\\' ? escape(true) : CodePoints.of(c, c);
    }

    /** The only character of a set, or -1. */
    private static int single(CodePoints set) {
        int[] bounds = set.bounds();
        return bounds.length == 2 && bounds[0] == bounds[1] ? bounds[0] : -1;
    }

    private CodePoints escape(boolean inClass) {
        int c = next();
        if (c >= '1' && c <= '9' || c == 'k') {
            throw failure("back-reference is not supported");
        }
        if (c == 'b' && inClass) {
            return CodePoints.of('\b', '\b');
        }
        if (c == 'b' || c == 'B') {
            throw failure("word boundary is not supported");
        }
        CodePoints known = RegexClasses.named(c);
        if (known != null) {
            return known;
        }
        int value = c;
        if (c == 'x') {
            value = hex(2);
        } else if (c == 'u' && skip("{")) {
            value = braced();
        } else if (c == 'u') {
            value = hex(4);
            if (Character.isHighSurrogate((char) value) && skip("\\u")) {
                value = Character.toCodePoint((char) value, (char) hex(4));
            }
        } else if (c == 'p' || c == 'P') {
            CodePoints property = property();
            return c == 'p' ? property : property.complement();
        } else if (c == 'c') {
            value = next() % 32;
        } else if (Character.isLetterOrDigit(c)) {
            int simple = "tnvfr0".indexOf(c);
            if (simple < 0) {
                throw failure("unknown escape '\\" + Character.toString(c) + "'");
            }
            value = "\t\n\u000b\f\r\0".charAt(simple);
        }
        return CodePoints.of(value, value);
    }

    private int hex(int digits) {
        try {
            int value = Integer.parseInt(pattern.substring(at, at + digits), 16);
            at += digits;
            return value;
        } catch (IndexOutOfBoundsException | NumberFormatException e) {
            throw failure("bad escape");
        }
    }

    private int braced() {
        int end = pattern.indexOf('}', at);
        if (end < 0 || end - at > 6) {
            throw failure("bad escape");
        }
        int value = hex(end - at);
        at = end + 1;
        if (value > Character.MAX_CODE_POINT) {
            throw failure("bad escape");
        }
        return value;
    }

    private CodePoints property() {
        int end = pattern.indexOf('}', at);
        if (!skip("{") || end < 0) {
            throw failure("bad property");
        }
        String name = pattern.substring(at, end);
        CodePoints set = RegexClasses.category(name);
        if (set == null) {
            throw failure("unknown property '" + name + "'");
        }
        at = end + 1;
        return set;
    }
}
