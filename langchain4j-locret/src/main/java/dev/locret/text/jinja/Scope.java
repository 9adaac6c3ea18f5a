package dev.locret.text.jinja;

import java.util.HashMap;
import java.util.Map;

/** Names visible at one place; {@code set} writes to the innermost scope, reading looks outwards. */
final class Scope {
    final Scope parent;
    private final Map<String, Object> names = new HashMap<>();

    Scope(Scope parent) {
        this.parent = parent;
    }

    void set(String name, Object value) {
        names.put(name, value);
    }

    Object get(String name) {
        for (Scope scope = this; scope != null; scope = scope.parent) {
            Object value = scope.names.get(name);
            if (value != null || scope.names.containsKey(name)) {
                return value;
            }
        }
        return Undefined.name(name);
    }
}
