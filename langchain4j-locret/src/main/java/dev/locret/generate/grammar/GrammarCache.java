package dev.locret.generate.grammar;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.LinkedHashMap;
import java.util.Map;

/** Grammars of the JSON schemas used last, so that each is compiled once. Safe for several threads. */
public final class GrammarCache {
    private final int capacity;
    private final Map<String, Grammar> grammars;

    /**
     * @param capacity most grammars kept
     */
    public GrammarCache(int capacity) {
        this.capacity = capacity;
        this.grammars = new LinkedHashMap<>(16, 0.75f, true);
    }

    /**
     * As {@link Grammar#ofJsonSchema}. Schemas are the same if they are written the same: the order of members counts, as
     * it does in answers.
     */
    public Grammar ofJsonSchema(JsonNode schema) {
        SchemaLimits.check(schema);
        String key = schema.toString();
        synchronized (this) {
            Grammar known = grammars.get(key);
            if (known != null) {
                return known;
            }
        }
        // Not under the lock: a large schema must not keep others waiting. Two threads may compile the same.
        Grammar compiled = Grammar.ofJsonSchema(schema);
        synchronized (this) {
            Grammar first = grammars.putIfAbsent(key, compiled);
            if (grammars.size() > capacity) {
                grammars.remove(grammars.keySet().iterator().next());
            }
            return first == null ? compiled : first;
        }
    }
}
