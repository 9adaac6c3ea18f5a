package dev.locret.text.jinja;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** Filters on lists, mappings' keys and strings' characters. */
final class SequenceFilters {
    private SequenceFilters() {}

    static void register(Map<String, Filters.Filter> filters) {
        filters.put("first", (e, v, a) -> end(e, v, true));
        filters.put("last", (e, v, a) -> end(e, v, false));
        filters.put("list", (e, v, a) -> new ArrayList<>(Values.items(e.budget, v)));
        filters.put("join", SequenceFilters::join);
        filters.put("reverse", SequenceFilters::reverse);
        filters.put("sort", SequenceFilters::sort);
        filters.put("unique", SequenceFilters::unique);
        filters.put("sum", SequenceFilters::sum);
        filters.put("min", (e, v, a) -> extreme(e, v, a, -1));
        filters.put("max", (e, v, a) -> extreme(e, v, a, 1));
        filters.put("map", SequenceFilters::map);
        filters.put("select", (e, v, a) -> choose(e, v, a, true));
        filters.put("reject", (e, v, a) -> choose(e, v, a, false));
        filters.put("selectattr", (e, v, a) -> chooseByAttribute(e, v, a, true));
        filters.put("rejectattr", (e, v, a) -> chooseByAttribute(e, v, a, false));
    }

    private static Object end(Evaluation e, Object value, boolean first) {
        List<Object> items = Values.items(e.budget, value);
        if (items.isEmpty()) {
            return new Undefined("No " + (first ? "first" : "last") + " item, sequence was empty.");
        }
        return items.get(first ? 0 : items.size() - 1);
    }

    /** {@code a.b.0} of an item. */
    private static Object attribute(Evaluation e, Object item, Object path) {
        Object value = item;
        if (path instanceof Long) {
            return Attributes.item(e, item, path);
        }
        for (String name : Values.text(path, "attribute").toString().split("\\.")) {
            Object key = !name.isEmpty() && name.length() < 10 && name.chars().allMatch(Character::isDigit)
                    ? (Object) Long.valueOf(name)
                    : Text.trusted(name);
            value = Attributes.item(e, value, key);
        }
        return value;
    }

    private static Object keyed(Evaluation e, Object item, Object path) {
        return path == null ? item : attribute(e, item, path);
    }

    /** Strings without regard to case, unless {@code cased}. */
    static Object folded(Object value, boolean cased) {
        return value instanceof Text && !cased
                ? ((Text) value).withValue(value.toString().toLowerCase(Locale.ROOT))
                : value;
    }

    private static Object join(Evaluation e, Object value, Arguments a) {
        Object separator = a.get(0, "d", Text.EMPTY);
        List<Object> parts = new ArrayList<>();
        for (Object item : Values.items(e.budget, value)) {
            parts.add(e.print(keyed(e, item, a.get(1, "attribute", null))));
        }
        return TextMethods.join(e, e.print(separator), parts);
    }

    private static Object reverse(Evaluation e, Object value, Arguments a) {
        return value instanceof Text || value instanceof List
                ? Attributes.slice(e, value, null, null, -1L)
                : reversed(Values.items(e.budget, value));
    }

    private static List<Object> reversed(List<Object> items) {
        List<Object> copy = new ArrayList<>(items);
        Collections.reverse(copy);
        return copy;
    }

    private static Object sort(Evaluation e, Object value, Arguments a) {
        boolean cased = a.flag(1, "case_sensitive", false);
        Object path = a.get(2, "attribute", null);
        List<Object> sorted = new ArrayList<>(Values.items(e.budget, value));
        int sign = a.flag(0, "reverse", false) ? -1 : 1;
        sorted.sort((x, y) -> sign
                * Values.compare(e.budget, folded(keyed(e, x, path), cased), folded(keyed(e, y, path), cased), "<"));
        return sorted;
    }

    private static Object unique(Evaluation e, Object value, Arguments a) {
        boolean cased = a.flag(0, "case_sensitive", false);
        Object path = a.get(1, "attribute", null);
        List<Object> kept = new ArrayList<>();
        List<Object> seen = new ArrayList<>();
        for (Object item : Values.items(e.budget, value)) {
            Object key = folded(keyed(e, item, path), cased);
            if (!Values.contains(e.budget, seen, key)) {
                seen.add(key);
                kept.add(item);
            }
        }
        return kept;
    }

    private static Object sum(Evaluation e, Object value, Arguments a) {
        Object total = a.get(1, "start", 0L);
        for (Object item : Values.items(e.budget, value)) {
            e.budget.step();
            total = Operators.binary(e, "+", total, keyed(e, item, a.get(0, "attribute", null)));
        }
        return total;
    }

    private static Object extreme(Evaluation e, Object value, Arguments a, int sign) {
        boolean cased = a.flag(0, "case_sensitive", false);
        Object path = a.get(1, "attribute", null);
        List<Object> items = Values.items(e.budget, value);
        if (items.isEmpty()) {
            return new Undefined("No aggregated item, sequence was empty.");
        }
        Object best = items.get(0);
        for (Object item : items) {
            int order = Values.compare(
                    e.budget, folded(keyed(e, item, path), cased), folded(keyed(e, best, path), cased), "<");
            if (order * sign > 0) {
                best = item;
            }
        }
        return best;
    }

    private static Object map(Evaluation e, Object value, Arguments a) {
        List<Object> mapped = new ArrayList<>();
        Object path = a.named().get("attribute");
        for (Object item : Values.items(e.budget, value)) {
            e.budget.step();
            if (path != null) {
                Object found = attribute(e, item, path);
                mapped.add(
                        found instanceof Undefined && a.named().containsKey("default")
                                ? a.named().get("default")
                                : found);
            } else {
                String name = Values.text(a.require(0, "filter"), "filter name").toString();
                Filters.Filter filter = Filters.find(name);
                if (filter == null) {
                    throw new Failure("No filter named '" + name + "'.");
                }
                mapped.add(filter.apply(e, item, a.rest()));
            }
        }
        return mapped;
    }

    private static Object choose(Evaluation e, Object value, Arguments a, boolean wanted) {
        List<Object> kept = new ArrayList<>();
        for (Object item : Values.items(e.budget, value)) {
            e.budget.step();
            if (passes(e, item, a) == wanted) {
                kept.add(item);
            }
        }
        return kept;
    }

    private static Object chooseByAttribute(Evaluation e, Object value, Arguments a, boolean wanted) {
        Object path = a.require(0, "attribute");
        List<Object> kept = new ArrayList<>();
        for (Object item : Values.items(e.budget, value)) {
            e.budget.step();
            if (passes(e, attribute(e, item, path), a.rest()) == wanted) {
                kept.add(item);
            }
        }
        return kept;
    }

    private static boolean passes(Evaluation e, Object item, Arguments a) {
        if (a.positional().isEmpty()) {
            return Values.truth(item);
        }
        String name = Values.text(a.positional().get(0), "test name").toString();
        Tests.Test test = Tests.find(name);
        if (test == null) {
            throw new Failure("No test named '" + name + "'.");
        }
        return test.holds(e, item, a.rest());
    }
}
