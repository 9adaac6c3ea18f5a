package dev.locret.generate.grammar;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/** Named classes of characters, as ECMA-262 defines them. */
final class RegexClasses {
    private static final CodePoints DIGITS = CodePoints.of('0', '9');
    private static final CodePoints WORD =
            DIGITS.union(CodePoints.of('a', 'z')).union(CodePoints.of('A', 'Z')).union(CodePoints.of('_', '_'));
    private static final CodePoints SPACE = CodePoints.anyOf(
                    "\t\n\u000b\f\r \u00a0\u1680\u2028\u2029\u202f\u205f\u3000\ufeff")
            .union(CodePoints.of(0x2000, 0x200a));

    /** General categories by name, in the order of their numbers in {@link Character}; 17 is not used. */
    private static final List<String> CATEGORIES = List.of(
            "Cn", "Lu", "Ll", "Lt", "Lm", "Lo", "Mn", "Me", "Mc", "Nd", "Nl", "No", "Zs", "Zl", "Zp", "Cc", "Cf", "",
            "Co", "Cs", "Pd", "Ps", "Pe", "Pc", "Po", "Sm", "Sc", "Sk", "So", "Pi", "Pf");

    private static final Map<String, String> LONG_NAMES = Map.of(
            "Letter", "L",
            "Lowercase_Letter", "Ll",
            "Uppercase_Letter", "Lu",
            "Number", "N",
            "Decimal_Number", "Nd",
            "Punctuation", "P",
            "Symbol", "S",
            "Mark", "M",
            "Separator", "Z");

    private static final Map<String, CodePoints> SCANNED = new ConcurrentHashMap<>();

    private RegexClasses() {}

    /** The class of {@code \d}, {@code \w} and the like, or null. */
    static CodePoints named(int letter) {
        switch (letter) {
            case 'd':
                return DIGITS;
            case 'D':
                return DIGITS.complement();
            case 'w':
                return WORD;
            case 'W':
                return WORD.complement();
            case 's':
                return SPACE;
            case 'S':
                return SPACE.complement();
            default:
                return null;
        }
    }

    /** Characters of a general category such as {@code L} or {@code Lu}, or null. */
    static CodePoints category(String name) {
        String category = LONG_NAMES.getOrDefault(name, name);
        boolean known = !category.isEmpty()
                && CATEGORIES.stream().anyMatch(c -> category.length() <= 2 && c.startsWith(category));
        return known ? SCANNED.computeIfAbsent(category, RegexClasses::scan) : null;
    }

    private static CodePoints scan(String category) {
        List<CodePoints> ranges = new ArrayList<>();
        int begin = -1;
        for (int c = 0; c <= Character.MAX_CODE_POINT + 1; c++) {
            boolean inside = c <= Character.MAX_CODE_POINT
                    && CATEGORIES.get(Character.getType(c)).startsWith(category);
            if (inside && begin < 0) {
                begin = c;
            } else if (!inside && begin >= 0) {
                ranges.add(CodePoints.of(begin, c - 1));
                begin = -1;
            }
        }
        return CodePoints.ofAscending(ranges);
    }
}
