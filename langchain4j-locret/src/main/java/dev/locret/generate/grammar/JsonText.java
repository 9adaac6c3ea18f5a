package dev.locret.generate.grammar;

import dev.locret.generate.grammar.ByteTable.Path;
import dev.locret.generate.grammar.ByteTable.Range;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;

/** The characters of JSON: what a string may hold, and the parts between values. */
final class JsonText {
    /** One character of a string: itself, an escape, or two escapes that make a pair of surrogates. */
    static final ByteTable CHARACTER = character();

    /** A comma and at most one space; more would let a model write blanks for ever. */
    static final Node COMMA = oneOf(List.of(",", ", "));

    /** A colon and at most one space. */
    static final Node COLON = oneOf(List.of(":", ": "));

    private static final Node ANY_CHARACTER = new Node.Terminal(CHARACTER);

    private JsonText() {}

    /** A string of {@code min} to {@code max} characters. */
    static Node string(int min, int max) {
        return Node.sequence(Node.literal("\""), new Node.Repeat(ANY_CHARACTER, min, max), Node.literal("\""));
    }

    /** One of several texts. */
    static Node oneOf(List<String> texts) {
        return new Node.Terminal(ByteTable.ofStrings(
                texts.stream().map(t -> t.getBytes(StandardCharsets.UTF_8)).toList()));
    }

    /** A string in its canonical form: only what must be escaped is, and shortly. */
    static String quote(String text) {
        StringBuilder quoted = new StringBuilder("\"");
        text.codePoints().forEach(c -> quoted.append(escape(c)));
        return quoted.append('"').toString();
    }

    /** A character as a string holds it. */
    static String escape(int codePoint) {
        int at = "\b\t\n\f\r\"\\".indexOf(codePoint);
        if (at >= 0) {
            return "\\" + "btnfr\"\\".charAt(at);
        }
        return codePoint < 0x20
                ? "\\u" + HexFormat.of().withUpperCase().toHexDigits((char) codePoint)
                : Character.toString(codePoint);
    }

    /** Whether a byte can belong to a character that stands for itself. */
    static boolean mayBePlain(int value) {
        return value >= 0x20 && value != '"' && value != '\\';
    }

    /** Number of characters of a text in which each stands for itself, 0 for any other bytes. */
    static int plainCharacters(byte[] bytes) {
        int state = 0;
        int characters = 0;
        for (byte b : bytes) {
            state = mayBePlain(b & 0xff) ? CHARACTER.step(state, b & 0xff) : -1;
            if (state < 0) {
                return 0;
            }
            if (CHARACTER.accepts(state)) {
                characters++;
                state = 0;
            }
        }
        return state == 0 ? characters : 0;
    }

    private static ByteTable character() {
        List<Path> paths = new ArrayList<>();
        Utf8Paths.add(0x20, '"' - 1, 1, paths);
        Utf8Paths.add('"' + 1, '\\' - 1, 1, paths);
        Utf8Paths.add('\\' + 1, Character.MAX_CODE_POINT, 1, paths);
        Range escape = one('\\');
        for (char c : "\"\\/bfnrt".toCharArray()) {
            paths.add(new Path(List.of(escape, one(c)), 1));
        }
        Range any = null;
        List<List<Range>> units = new ArrayList<>();
        for (Range first :
                List.of(range('0', '9'), range('a', 'c'), range('A', 'C'), range('e', 'f'), range('E', 'F'))) {
            units.add(Arrays.asList(first, any, any, any));
        }
        for (Range d : List.of(one('d'), one('D'))) {
            units.add(Arrays.asList(d, range('0', '7'), any, any));
            for (Range high : List.of(range('8', '9'), range('a', 'b'), range('A', 'B'))) {
                for (Range e : List.of(one('d'), one('D'))) {
                    for (Range low : List.of(range('c', 'f'), range('C', 'F'))) {
                        units.add(Arrays.asList(d, high, any, any, escape, one('u'), e, low, any, any));
                    }
                }
            }
        }
        for (List<Range> unit : units) {
            List<Range> ranges = new ArrayList<>(List.of(escape, one('u')));
            ranges.addAll(unit);
            spell(ranges, paths);
        }
        ByteTable.Builder builder = new ByteTable.Builder(2);
        builder.addPaths(0, paths);
        builder.accept(1);
        return builder.build();
    }

    private static Range one(char c) {
        return new Range(c, c);
    }

    private static Range range(char low, char high) {
        return new Range(low, high);
    }

    /** Puts every range of hexadecimal digits in place of each null. */
    private static void spell(List<Range> ranges, List<Path> paths) {
        int hole = ranges.indexOf(null);
        if (hole < 0) {
            paths.add(new Path(List.copyOf(ranges), 1));
            return;
        }
        for (Range digits : List.of(range('0', '9'), range('a', 'f'), range('A', 'F'))) {
            List<Range> filled = new ArrayList<>(ranges);
            filled.set(hole, digits);
            spell(filled, paths);
        }
    }
}
