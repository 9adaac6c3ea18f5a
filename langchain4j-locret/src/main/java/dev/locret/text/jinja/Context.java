package dev.locret.text.jinja;

import java.math.BigDecimal;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Turns the caller's values into those of a template, with their origin: strings directly in the context (such as
 * {@code bos_token}) are the runtime's own and trusted; every string inside a list or map (messages, tools, documents)
 * comes from outside. Only the value of a key {@code role} is trusted as well while it is a plain word, since templates
 * build control tokens from it ({@code '<|' + message.role + '|>'}).
 */
final class Context {
    private static final String ROLE = "role";

    /** Longest plain word that passes for a role. */
    private static final int MAX_ROLE_LENGTH = 32;

    private long characters;
    private long values;

    /** The values as a scope inside {@code globals}. */
    Scope scope(Map<String, ?> context, Scope globals) {
        Scope scope = new Scope(globals);
        context.forEach((name, value) -> scope.set(name, convert(value, true, 0)));
        return scope;
    }

    long characters() {
        return characters;
    }

    long values() {
        return values;
    }

    private Object convert(Object value, boolean trusted, int depth) {
        values++;
        if (depth > Budget.MAX_VALUE_DEPTH) {
            throw new Failure("the context is nested deeper than " + Budget.MAX_VALUE_DEPTH + " levels");
        }
        if (value instanceof CharSequence) {
            return text(value.toString(), trusted);
        }
        if (value == null || value instanceof Boolean) {
            return value;
        }
        if (value instanceof Number) {
            return number((Number) value);
        }
        if (value instanceof Enum) {
            return text(((Enum<?>) value).name(), trusted);
        }
        if (value instanceof Iterable) {
            List<Object> list = new ArrayList<>();
            ((Iterable<?>) value).forEach(item -> list.add(convert(item, false, depth + 1)));
            return list;
        }
        if (value instanceof Map) {
            Map<Object, Object> map = new LinkedHashMap<>();
            ((Map<?, ?>) value).forEach((key, item) -> {
                String name = String.valueOf(key);
                boolean role = name.equals(ROLE) && item instanceof CharSequence && isPlainWord((CharSequence) item);
                map.put(text(name, false), convert(item, role, depth + 1));
            });
            return map;
        }
        throw new Failure("a " + value.getClass().getName() + " in the context is neither text, number, list nor map");
    }

    private Text text(String value, boolean trusted) {
        characters += value.length();
        return Text.of(value, trusted);
    }

    private static boolean isPlainWord(CharSequence value) {
        return value.length() <= MAX_ROLE_LENGTH
                && value.chars().allMatch(c -> c < 128 && (Character.isLetterOrDigit(c) || c == '_' || c == '-'));
    }

    private static Object number(Number value) {
        if (value instanceof BigInteger) {
            BigInteger big = (BigInteger) value;
            return big.bitLength() < Long.SIZE ? (Object) big.longValue() : (Object) big.doubleValue();
        }
        boolean real = value instanceof Double || value instanceof Float || value instanceof BigDecimal;
        return real ? (Object) value.doubleValue() : (Object) value.longValue();
    }
}
