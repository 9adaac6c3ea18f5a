package dev.locret.text.jinja;

import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Map;

/**
 * Python's rules for the values of a template: {@link Text}, {@code Long}, {@code Double}, {@code Boolean}, null (none),
 * {@code List}, {@code Map}, {@link Undefined}, {@link Namespace}, {@link LoopState} and {@link Callable}.
 */
final class Values {
    private Values() {}

    static boolean truth(Object value) {
        if (value == null || value instanceof Undefined) {
            return false;
        }
        if (value instanceof Boolean) {
            return (Boolean) value;
        }
        if (value instanceof Number) {
            return ((Number) value).doubleValue() != 0;
        }
        if (value instanceof Text) {
            return !((Text) value).isEmpty();
        }
        if (value instanceof List) {
            return !((List<?>) value).isEmpty();
        }
        return !(value instanceof Map) || !((Map<?, ?>) value).isEmpty();
    }

    /** Python's name of the type, for messages. */
    static String typeName(Object value) {
        if (value == null) {
            return "NoneType";
        }
        if (value instanceof Text) {
            return "str";
        }
        if (value instanceof Boolean) {
            return "bool";
        }
        if (value instanceof Long) {
            return "int";
        }
        if (value instanceof Double) {
            return "float";
        }
        if (value instanceof List) {
            return "list";
        }
        if (value instanceof Map) {
            return "dict";
        }
        if (value instanceof Undefined) {
            return "Undefined";
        }
        return value instanceof Callable ? "function" : "object";
    }

    static boolean isNumber(Object value) {
        return value instanceof Number || value instanceof Boolean;
    }

    /** An integer or a truth value as an integer. */
    static long integer(Object value, String what) {
        if (value instanceof Long) {
            return (Long) value;
        }
        if (value instanceof Boolean) {
            return (Boolean) value ? 1 : 0;
        }
        throw mismatch(value, what, "an integer");
    }

    static double real(Object value) {
        if (value instanceof Boolean) {
            return (Boolean) value ? 1 : 0;
        }
        return ((Number) value).doubleValue();
    }

    static Text text(Object value, String what) {
        if (value instanceof Text) {
            return (Text) value;
        }
        throw mismatch(value, what, "a string");
    }

    static Failure mismatch(Object value, String what, String wanted) {
        if (value instanceof Undefined) {
            return ((Undefined) value).failure();
        }
        return new Failure(what + " must be " + wanted + ", not " + typeName(value));
    }

    static boolean equal(Budget budget, Object a, Object b) {
        return equal(budget, a, b, 0);
    }

    private static boolean equal(Budget budget, Object a, Object b, int depth) {
        budget.value(depth);
        if (isNumber(a) && isNumber(b)) {
            return a instanceof Double || b instanceof Double
                    ? real(a) == real(b)
                    : integer(a, "operand") == integer(b, "operand");
        }
        if (a instanceof List && b instanceof List) {
            List<?> left = (List<?>) a;
            List<?> right = (List<?>) b;
            boolean same = left.size() == right.size();
            for (int i = 0; same && i < left.size(); i++) {
                same = equal(budget, left.get(i), right.get(i), depth + 1);
            }
            return same;
        }
        if (a instanceof Map && b instanceof Map) {
            Map<?, ?> left = (Map<?, ?>) a;
            Map<?, ?> right = (Map<?, ?>) b;
            if (left.size() != right.size()) {
                return false;
            }
            for (Map.Entry<?, ?> entry : left.entrySet()) {
                if (!right.containsKey(entry.getKey())
                        || !equal(budget, entry.getValue(), right.get(entry.getKey()), depth + 1)) {
                    return false;
                }
            }
            return true;
        }
        if (a instanceof Undefined && b instanceof Undefined) {
            return true;
        }
        if (a instanceof Text && b instanceof Text) {
            return a.equals(b);
        }
        return a == b;
    }

    /** Negative, zero or positive as {@code a} sorts before, with or after {@code b}. */
    static int compare(Budget budget, Object a, Object b, String operator) {
        budget.step();
        if (a instanceof Undefined) {
            throw ((Undefined) a).failure();
        }
        if (b instanceof Undefined) {
            throw ((Undefined) b).failure();
        }
        if (isNumber(a) && isNumber(b)) {
            return a instanceof Double || b instanceof Double
                    ? Double.compare(real(a), real(b))
                    : Long.compare(integer(a, "operand"), integer(b, "operand"));
        }
        if (a instanceof Text && b instanceof Text) {
            return ((Text) a).compareTo((Text) b);
        }
        if (a instanceof List && b instanceof List) {
            List<?> left = (List<?>) a;
            List<?> right = (List<?>) b;
            for (int i = 0; i < Math.min(left.size(), right.size()); i++) {
                if (!equal(budget, left.get(i), right.get(i))) {
                    return compareItems(budget, left.get(i), right.get(i), operator);
                }
            }
            return Integer.compare(left.size(), right.size());
        }
        throw new Failure("'" + operator + "' not supported between instances of '" + typeName(a) + "' and '"
                + typeName(b) + "'");
    }

    /** Lists of lists go one level deep only: no template sorts deeper ones. */
    private static int compareItems(Budget budget, Object a, Object b, String operator) {
        if (a instanceof List || b instanceof List) {
            throw new Failure("'" + operator + "' of lists within lists is not supported");
        }
        return compare(budget, a, b, operator);
    }

    /** What a {@code for} loop runs over: items, keys of a mapping, or characters. */
    static List<Object> items(Budget budget, Object value) {
        if (value instanceof List) {
            @SuppressWarnings("unchecked")
            List<Object> list = (List<Object>) value;
            return list;
        }
        if (value instanceof Map) {
            return new ArrayList<>(((Map<?, ?>) value).keySet());
        }
        if (value instanceof Undefined) {
            return List.of();
        }
        if (value instanceof Text) {
            Text text = (Text) value;
            budget.items(text.length());
            List<Object> characters = new ArrayList<>();
            for (int i = 0; i < text.length(); ) {
                int next = text.toString().offsetByCodePoints(i, 1);
                characters.add(text.substring(i, next));
                i = next;
            }
            return characters;
        }
        throw new Failure("'" + typeName(value) + "' object is not iterable");
    }

    static long length(Object value) {
        if (value instanceof Text) {
            return ((Text) value).codePoints();
        }
        if (value instanceof List) {
            return ((List<?>) value).size();
        }
        if (value instanceof Map) {
            return ((Map<?, ?>) value).size();
        }
        if (value instanceof Undefined) {
            return 0;
        }
        throw new Failure("object of type '" + typeName(value) + "' has no len()");
    }

    static boolean contains(Budget budget, Object container, Object item) {
        if (container instanceof Text) {
            return container
                    .toString()
                    .contains(text(item, "left operand of 'in <string>'").toString());
        }
        if (container instanceof Map) {
            return ((Map<?, ?>) container).containsKey(item);
        }
        if (container instanceof List) {
            for (Iterator<?> i = ((List<?>) container).iterator(); i.hasNext(); ) {
                if (equal(budget, i.next(), item)) {
                    return true;
                }
            }
            return false;
        }
        if (container instanceof Undefined) {
            throw ((Undefined) container).failure();
        }
        throw new Failure("argument of type '" + typeName(container) + "' is not iterable");
    }
}
