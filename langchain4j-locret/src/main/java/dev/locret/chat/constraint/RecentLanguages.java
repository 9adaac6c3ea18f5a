package dev.locret.chat.constraint;

import dev.locret.generate.grammar.Language;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.Supplier;

/** The languages put together last: each keeps what was worked out for earlier answers. */
final class RecentLanguages {
    private static final int CAPACITY = 64;

    private final Map<String, Language> byKey = new LinkedHashMap<>(16, 0.75f, true) {
        private static final long serialVersionUID = 1L;

        @Override
        protected boolean removeEldestEntry(Map.Entry<String, Language> eldest) {
            return size() > CAPACITY;
        }
    };

    /** The language of {@code key}, always of one kind, made unless it is known; two threads may both make it. */
    @SuppressWarnings("unchecked")
    <L extends Language> L get(String key, Supplier<L> make) {
        synchronized (byKey) {
            Language known = byKey.get(key);
            if (known != null) {
                return (L) known;
            }
        }
        L made = make.get();
        synchronized (byKey) {
            byKey.put(key, made);
        }
        return made;
    }
}
