package dev.locret.text.jinja;

import java.util.List;
import java.util.Map;

/** Evaluated arguments of a call, filter or test. */
record Arguments(List<Object> positional, Map<String, Object> named) {
    static final Arguments NONE = new Arguments(List.of(), Map.of());

    static Arguments of(Object only) {
        return new Arguments(java.util.Collections.singletonList(only), Map.of());
    }

    int count() {
        return positional.size() + named.size();
    }

    boolean has(int index, String name) {
        return index < positional.size() || named.containsKey(name);
    }

    /** The argument at {@code index} or called {@code name}, else {@code otherwise}. */
    Object get(int index, String name, Object otherwise) {
        if (index < positional.size()) {
            return positional.get(index);
        }
        return named.getOrDefault(name, otherwise);
    }

    Object require(int index, String name) {
        if (!has(index, name)) {
            throw new Failure("missing argument '" + name + "'");
        }
        return get(index, name, null);
    }

    /** A string argument, or null if it is absent or none. */
    Text text(int index, String name) {
        Object value = get(index, name, null);
        return value == null ? null : Values.text(value, "argument '" + name + "'");
    }

    long integer(int index, String name, long otherwise) {
        Object value = get(index, name, null);
        return value == null ? otherwise : Values.integer(value, "argument '" + name + "'");
    }

    boolean flag(int index, String name, boolean otherwise) {
        return has(index, name) ? Values.truth(get(index, name, null)) : otherwise;
    }

    /** Fails unless there are at most {@code most} arguments. */
    Arguments atMost(String callee, int most) {
        if (count() > most) {
            throw new Failure(callee + " takes at most " + most + " arguments (" + count() + " given)");
        }
        return this;
    }

    /** The same without the first positional one. */
    Arguments rest() {
        return new Arguments(positional.subList(1, positional.size()), named);
    }
}
