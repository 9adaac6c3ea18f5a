package dev.locret.chat.constraint;

import dev.locret.generate.grammar.Grammar;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.Supplier;

/** The grammars that were used last: each keeps what was worked out for earlier answers. */
final class GrammarCache {
    private static final int CAPACITY = 64;

    private final Map<String, Grammar> byKey = new LinkedHashMap<>(16, 0.75f, true) {
        private static final long serialVersionUID = 1L;

        @Override
        protected boolean removeEldestEntry(Map.Entry<String, Grammar> eldest) {
            return size() > CAPACITY;
        }
    };

    /** The grammar of {@code key}, made unless it is known; two threads may both make it. */
    Grammar get(String key, Supplier<Grammar> make) {
        synchronized (byKey) {
            Grammar known = byKey.get(key);
            if (known != null) {
                return known;
            }
        }
        Grammar made = make.get();
        synchronized (byKey) {
            byKey.put(key, made);
        }
        return made;
    }
}
