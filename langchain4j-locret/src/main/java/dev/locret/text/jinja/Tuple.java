package dev.locret.text.jinja;

import java.util.AbstractList;
import java.util.Arrays;
import java.util.List;

/** A list that Python would print in round brackets: {@code (a, b)}, a pair of a mapping, parts of a string. */
final class Tuple extends AbstractList<Object> {
    private final List<Object> items;

    Tuple(List<Object> items) {
        this.items = items;
    }

    static Tuple of(Object... items) {
        return new Tuple(Arrays.asList(items));
    }

    @Override
    public Object get(int index) {
        return items.get(index);
    }

    @Override
    public int size() {
        return items.size();
    }
}
