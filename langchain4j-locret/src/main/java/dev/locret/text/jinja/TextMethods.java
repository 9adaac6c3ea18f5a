package dev.locret.text.jinja;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.IntPredicate;

/** Methods of strings that templates call, as Python defines them. */
final class TextMethods {
    /** A method before it is bound to its string. */
    @FunctionalInterface
    private interface Method {
        Object call(Evaluation evaluation, Text self, Arguments arguments);
    }

    private static final Map<String, Method> METHODS = new HashMap<>();

    static {
        METHODS.put("strip", (e, s, a) -> strip(s, a.text(0, "chars"), true, true));
        METHODS.put("lstrip", (e, s, a) -> strip(s, a.text(0, "chars"), true, false));
        METHODS.put("rstrip", (e, s, a) -> strip(s, a.text(0, "chars"), false, true));
        METHODS.put("split", (e, s, a) -> split(e, s, a.text(0, "sep"), a.integer(1, "maxsplit", -1)));
        METHODS.put("rsplit", (e, s, a) -> TextSplit.fromRight(e, s, a.text(0, "sep"), a.integer(1, "maxsplit", -1)));
        METHODS.put("splitlines", (e, s, a) -> TextSplit.lines(e, s, a.flag(0, "keepends", false)));
        METHODS.put("partition", (e, s, a) -> TextSplit.partition(s, text(a), false));
        METHODS.put("rpartition", (e, s, a) -> TextSplit.partition(s, text(a), true));
        METHODS.put("startswith", (e, s, a) -> affix(s, a.require(0, "prefix"), true));
        METHODS.put("endswith", (e, s, a) -> affix(s, a.require(0, "suffix"), false));
        METHODS.put(
                "removeprefix", (e, s, a) -> affix(s, text(a), true) ? s.substring(text(a).length(), s.length()) : s);
        METHODS.put(
                "removesuffix",
                (e, s, a) -> affix(s, text(a), false) ? s.substring(0, s.length() - text(a).length()) : s);
        METHODS.put("upper", (e, s, a) -> s.withValue(s.toString().toUpperCase(Locale.ROOT)));
        METHODS.put("lower", (e, s, a) -> s.withValue(s.toString().toLowerCase(Locale.ROOT)));
        METHODS.put("capitalize", (e, s, a) -> capitalize(s));
        METHODS.put("title", (e, s, a) -> title(s));
        METHODS.put(
                "replace",
                (e, s, a) -> replace(
                        e, s, text(a), Values.text(a.require(1, "new"), "argument 'new'"), a.integer(2, "count", -1)));
        METHODS.put("join", (e, s, a) -> join(e, s, Values.items(e.budget, a.require(0, "iterable"))));
        METHODS.put("find", (e, s, a) -> position(s, s.toString().indexOf(text(a).toString())));
        METHODS.put("rfind", (e, s, a) -> position(s, s.toString().lastIndexOf(text(a).toString())));
        METHODS.put("index", (e, s, a) -> {
            long at = position(s, s.toString().indexOf(text(a).toString()));
            if (at < 0) {
                throw new Failure("substring not found");
            }
            return at;
        });
        METHODS.put("count", (e, s, a) -> count(e, s, text(a)));
        METHODS.put("isdigit", (e, s, a) -> all(s, Character::isDigit));
        METHODS.put("isalpha", (e, s, a) -> all(s, Character::isLetter));
        METHODS.put("isalnum", (e, s, a) -> all(s, Character::isLetterOrDigit));
        METHODS.put("isspace", (e, s, a) -> all(s, PythonText::isSpace));
        METHODS.put("isupper", (e, s, a) -> cased(s, Character::isUpperCase, Character::isLowerCase));
        METHODS.put("islower", (e, s, a) -> cased(s, Character::isLowerCase, Character::isUpperCase));
    }

    private TextMethods() {}

    /** The method bound to {@code self}, or null if strings have none of that name. */
    static Callable find(Text self, String name) {
        Method method = METHODS.get(name);
        return method == null
                ? null
                : (evaluation, arguments) -> {
                    // Each method reads its whole string at least once.
                    evaluation.budget.characters(self.length());
                    return method.call(evaluation, self, arguments);
                };
    }

    private static Text text(Arguments arguments) {
        return Values.text(arguments.require(0, "sub"), "argument");
    }

    static Text strip(Text text, Text characters, boolean left, boolean right) {
        IntPredicate goes = characters == null
                ? PythonText::isSpace
                : c -> characters.toString().indexOf(c) >= 0;
        String s = text.toString();
        int from = 0;
        int to = s.length();
        while (left && from < to && goes.test(s.codePointAt(from))) {
            from += Character.charCount(s.codePointAt(from));
        }
        while (right && to > from && goes.test(s.codePointBefore(to))) {
            to -= Character.charCount(s.codePointBefore(to));
        }
        return text.substring(from, to);
    }

    static List<Object> split(Evaluation e, Text text, Text separator, long maxSplits) {
        if (separator == null) {
            return TextSplit.onSpace(e, text, maxSplits);
        }
        if (separator.isEmpty()) {
            throw new Failure("empty separator");
        }
        List<Object> parts = new ArrayList<>();
        String s = text.toString();
        int from = 0;
        for (int at = s.indexOf(separator.toString());
                at >= 0 && (maxSplits < 0 || parts.size() < maxSplits);
                at = s.indexOf(separator.toString(), from)) {
            e.budget.step();
            parts.add(text.substring(from, at));
            from = at + separator.length();
        }
        parts.add(text.substring(from, text.length()));
        return parts;
    }

    private static boolean affix(Text text, Object affix, boolean atStart) {
        if (affix instanceof List) {
            for (Object one : (List<?>) affix) {
                if (affix(text, Values.text(one, "affix"), atStart)) {
                    return true;
                }
            }
            return false;
        }
        String wanted = Values.text(affix, "affix").toString();
        return atStart ? text.toString().startsWith(wanted) : text.toString().endsWith(wanted);
    }

    static Text capitalize(Text text) {
        if (text.isEmpty()) {
            return text;
        }
        String s = text.toString();
        int first = s.offsetByCodePoints(0, 1);
        return text.withValue(Character.toString(Character.toTitleCase(s.codePointAt(0)))
                + s.substring(first).toLowerCase(Locale.ROOT));
    }

    static Text title(Text text) {
        StringBuilder out = new StringBuilder(text.length());
        boolean[] inWord = {false};
        text.toString().codePoints().forEach(c -> {
            boolean letter = Character.isLetter(c);
            out.appendCodePoint(inWord[0] ? Character.toLowerCase(c) : Character.toTitleCase(c));
            inWord[0] = letter;
        });
        return text.withValue(out.toString());
    }

    static Text replace(Evaluation e, Text text, Text old, Text replacement, long most) {
        String s = text.toString();
        TextBuilder out = new TextBuilder(e.budget);
        int from = 0;
        long done = 0;
        for (int at = s.indexOf(old.toString()); at >= 0 && (most < 0 || done < most); done++) {
            e.budget.step();
            int copied = old.isEmpty() && at < s.length() ? s.offsetByCodePoints(at, 1) : at;
            if (old.isEmpty()) {
                out.append(replacement).append(text.substring(at, copied));
                from = copied;
                if (at == s.length()) {
                    break;
                }
                at = copied;
            } else {
                out.append(text.substring(from, at)).append(replacement);
                from = at + old.length();
                at = s.indexOf(old.toString(), from);
            }
        }
        return out.append(text.substring(from, s.length())).build();
    }

    static Text join(Evaluation e, Text separator, List<Object> parts) {
        TextBuilder out = new TextBuilder(e.budget);
        boolean first = true;
        for (Object part : parts) {
            e.budget.step();
            if (!first) {
                out.append(separator);
            }
            out.append(Values.text(part, "sequence item"));
            first = false;
        }
        return out.build();
    }

    private static long position(Text text, int at) {
        return at < 0 ? -1 : text.toString().codePointCount(0, at);
    }

    private static long count(Evaluation e, Text text, Text part) {
        return part.isEmpty() ? text.codePoints() + 1 : split(e, text, part, -1).size() - 1;
    }

    private static boolean all(Text text, IntPredicate kind) {
        return !text.isEmpty() && text.toString().codePoints().allMatch(kind);
    }

    static boolean cased(Text text, IntPredicate wanted, IntPredicate other) {
        return text.toString().codePoints().anyMatch(wanted)
                && text.toString().codePoints().noneMatch(other);
    }
}
