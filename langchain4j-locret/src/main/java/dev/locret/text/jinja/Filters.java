package dev.locret.text.jinja;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** Filters on single values; {@link SequenceFilters} has those on lists. */
final class Filters {
    /** A named filter. */
    @FunctionalInterface
    interface Filter {
        Object apply(Evaluation evaluation, Object input, Arguments arguments);
    }

    private static final Map<String, Filter> FILTERS = new HashMap<>();

    static {
        FILTERS.put("trim", (e, v, a) -> TextMethods.strip(string(e, v), a.text(0, "chars"), true, true));
        FILTERS.put("string", (e, v, a) -> string(e, v));
        FILTERS.put("safe", (e, v, a) -> string(e, v));
        FILTERS.put("upper", (e, v, a) -> string(e, v)
                .withValue(string(e, v).toString().toUpperCase(Locale.ROOT)));
        FILTERS.put("lower", (e, v, a) -> string(e, v)
                .withValue(string(e, v).toString().toLowerCase(Locale.ROOT)));
        FILTERS.put("capitalize", (e, v, a) -> TextMethods.capitalize(string(e, v)));
        FILTERS.put("title", (e, v, a) -> title(string(e, v)));
        FILTERS.put(
                "replace",
                (e, v, a) -> TextMethods.replace(
                        e,
                        string(e, v),
                        string(e, a.require(0, "old")),
                        string(e, a.require(1, "new")),
                        a.integer(2, "count", -1)));
        FILTERS.put("escape", (e, v, a) -> escape(e, string(e, v)));
        FILTERS.put("e", FILTERS.get("escape"));
        FILTERS.put("indent", Filters::indent);
        FILTERS.put("wordcount", (e, v, a) ->
                (long) TextSplit.onSpace(e, string(e, v), -1).size());
        FILTERS.put("default", Filters::otherwise);
        FILTERS.put("d", Filters::otherwise);
        FILTERS.put("length", (e, v, a) -> Values.length(v));
        FILTERS.put("count", (e, v, a) -> Values.length(v));
        FILTERS.put("tojson", Filters::json);
        FILTERS.put("items", Filters::items);
        FILTERS.put("dictsort", Filters::dictSort);
        FILTERS.put(
                "abs",
                (e, v, a) -> v instanceof Double
                        ? (Object) Math.abs((Double) v)
                        : (Object) Math.abs(Values.integer(v, "input of abs")));
        FILTERS.put("int", (e, v, a) -> integer(v, a.get(0, "default", 0L), a.integer(1, "base", 10)));
        FILTERS.put("float", (e, v, a) -> real(v, a.get(0, "default", 0.0)));
        FILTERS.put("round", Filters::round);
        SequenceFilters.register(FILTERS);
    }

    private Filters() {}

    static Filter find(String name) {
        return FILTERS.get(name);
    }

    static Text string(Evaluation e, Object value) {
        return e.print(value);
    }

    private static Text escape(Evaluation e, Text text) {
        TextBuilder out = new TextBuilder(e.budget);
        text.forEachRun((run, trusted) -> out.append(
                run.replace("&", "&amp;")
                        .replace(">", "&gt;")
                        .replace("<", "&lt;")
                        .replace("'", "&#39;")
                        .replace("\"", "&#34;"),
                trusted));
        return out.build();
    }

    /** Unlike {@code str.title}, starts words at blanks, hyphens and brackets only. */
    private static Text title(Text text) {
        StringBuilder out = new StringBuilder(text.length());
        boolean start = true;
        for (int c : text.toString().codePoints().toArray()) {
            out.append(
                    start
                            ? Character.toString(c).toUpperCase(Locale.ROOT)
                            : Character.toString(Character.toLowerCase(c)));
            start = PythonText.isSpace(c) || "-({[<".indexOf(c) >= 0;
        }
        return text.withValue(out.toString());
    }

    private static Object indent(Evaluation e, Object value, Arguments a) {
        Object width = a.get(0, "width", 4L);
        Text margin = width instanceof Text ? (Text) width : (Text) Operators.binary(e, "*", Text.trusted(" "), width);
        boolean first = a.flag(1, "first", false);
        boolean blank = a.flag(2, "blank", false);
        TextBuilder out = new TextBuilder(e.budget);
        List<Object> lines = TextSplit.lines(e, string(e, value), true);
        for (int i = 0; i < lines.size(); i++) {
            Text line = (Text) lines.get(i);
            boolean empty = TextMethods.strip(line, null, true, true).isEmpty();
            if (i == 0 ? first : blank || !empty) {
                out.append(margin);
            }
            out.append(line);
        }
        return out.build();
    }

    private static Object otherwise(Evaluation e, Object value, Arguments a) {
        boolean absent = value instanceof Undefined || a.flag(1, "boolean", false) && !Values.truth(value);
        return absent ? a.get(0, "default_value", Text.EMPTY) : value;
    }

    private static Object json(Evaluation e, Object value, Arguments a) {
        // Hugging Face's signature: tojson(x, ensure_ascii, indent, separators, sort_keys); templates name them.
        Object indentValue = a.named().containsKey("indent") || a.positional().size() < 2
                ? a.named()
                        .getOrDefault(
                                "indent",
                                a.positional().size() == 1 ? a.positional().get(0) : null)
                : a.positional().get(1);
        int indent = indentValue instanceof Long ? (int) Math.max(0, Math.min(64, (Long) indentValue)) : -1;
        String comma = indent < 0 ? ", " : ",";
        String colon = ": ";
        Object separators = a.named().get("separators");
        if (separators instanceof List && ((List<?>) separators).size() == 2) {
            comma = Values.text(((List<?>) separators).get(0), "separator").toString();
            colon = Values.text(((List<?>) separators).get(1), "separator").toString();
        }
        return Printer.json(e.budget, value, indent, Values.truth(a.named().get("sort_keys")), comma, colon);
    }

    private static Object items(Evaluation e, Object value, Arguments a) {
        if (value instanceof Undefined) {
            return List.of();
        }
        if (!(value instanceof Map)) {
            throw new Failure("Can only get item pairs from a mapping.");
        }
        return ContainerMethods.items(e, (Map<?, ?>) value);
    }

    private static Object dictSort(Evaluation e, Object value, Arguments a) {
        @SuppressWarnings("unchecked")
        List<Object> pairs = (List<Object>) items(e, value, a);
        Text by = a.text(1, "by");
        int part = by != null && by.toString().equals("value") ? 1 : 0;
        List<Object> sorted = new ArrayList<>(pairs);
        boolean cased = a.flag(0, "case_sensitive", false);
        int sign = a.flag(2, "reverse", false) ? -1 : 1;
        sorted.sort((x, y) -> sign
                * Values.compare(
                        e.budget,
                        SequenceFilters.folded(((List<?>) x).get(part), cased),
                        SequenceFilters.folded(((List<?>) y).get(part), cased),
                        "<"));
        return sorted;
    }

    private static Object integer(Object value, Object otherwise, long base) {
        if (value instanceof Double && Double.isFinite((Double) value)) {
            return (long) (double) (Double) value;
        }
        if (Values.isNumber(value) && !(value instanceof Double)) {
            return Values.integer(value, "input of int");
        }
        String text = value instanceof Text ? value.toString().strip().replace("_", "") : "";
        if (base < Character.MIN_RADIX || base > Character.MAX_RADIX) {
            return otherwise;
        }
        try {
            return Long.parseLong(text, (int) base);
        } catch (NumberFormatException notAnInteger) {
            Object real = real(value, null);
            return real instanceof Double && Double.isFinite((Double) real)
                    ? (Object) (long) (double) (Double) real
                    : otherwise;
        }
    }

    private static Object real(Object value, Object otherwise) {
        if (Values.isNumber(value)) {
            return Values.real(value);
        }
        String text = value instanceof Text ? value.toString().strip() : "";
        // Java alone would also take a type suffix and hexadecimal digits.
        if (!text.matches("[+-]?(\\d+\\.?\\d*|\\.\\d+)([eE][+-]?\\d+)?")) {
            return otherwise;
        }
        return Double.parseDouble(text);
    }

    private static Object round(Evaluation e, Object value, Arguments a) {
        if (!Values.isNumber(value)) {
            throw Values.mismatch(value, "input of round", "a number");
        }
        int digits = (int) Math.max(-300, Math.min(300, a.integer(0, "precision", 0)));
        Text method = a.text(1, "method");
        double number = Values.real(value);
        if (!Double.isFinite(number)) {
            return number;
        }
        java.math.RoundingMode mode = method == null || method.toString().equals("common")
                ? java.math.RoundingMode.HALF_EVEN
                : method.toString().equals("ceil") ? java.math.RoundingMode.CEILING : java.math.RoundingMode.FLOOR;
        return new java.math.BigDecimal(number).setScale(digits, mode).doubleValue();
    }
}
