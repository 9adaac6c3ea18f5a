package dev.locret.spring.autoconfigure;

import dev.locret.spring.autoconfigure.LocretProperties.Request;
import java.lang.reflect.RecordComponent;
import java.util.Arrays;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/** Finds the property that a message of the library is about, which has names of its own for a few. */
final class PropertyNames {
    private static final Map<String, String> OTHERWISE_NAMED = Map.of(
            "source", "model-path",
            "heads-path", "retaining-heads-path",
            "cache-bytes", "cache-budget",
            "prefix-cache", "prefix-cache-size",
            "contexts-directory-bytes", "contexts.max-size",
            "recent-share's", "recent-share");

    private static final Set<String> TOP = names(LocretProperties.class);
    private static final Set<String> OF_REQUESTS = names(Request.class);
    private static final Pattern FIRST_WORD = Pattern.compile("^([a-z][a-z-]*)\\b");
    private static final Pattern NAMED_VALUE = Pattern.compile("\\b([a-z][a-z-]*)=");

    private PropertyNames() {}

    /** A record's properties, as they are written. */
    static Set<String> names(Class<? extends Record> properties) {
        return Arrays.stream(properties.getRecordComponents())
                .map(RecordComponent::getName)
                .map(PropertyNames::kebab)
                .collect(Collectors.toUnmodifiableSet());
    }

    static String kebab(String name) {
        return name.replaceAll("([A-Z])", "-$1").toLowerCase(Locale.ROOT);
    }

    /**
     * The property, or the prefix of several.
     *
     * @param prefix of a model's properties
     * @param group {@code chat-model} or the like, or empty
     */
    static String blamed(String prefix, String group, String message) {
        String word = property(FIRST_WORD.matcher(message), group);
        String found = word == null ? property(NAMED_VALUE.matcher(message), group) : word;
        String own = group.isEmpty() ? prefix : prefix + "." + group;
        if (found == null) {
            return own;
        }
        return (OF_REQUESTS.contains(found) && !group.isEmpty() ? own : prefix) + "." + found;
    }

    private static String property(Matcher candidates, String group) {
        while (candidates.find()) {
            String name = OTHERWISE_NAMED.getOrDefault(candidates.group(1), candidates.group(1));
            boolean known = TOP.contains(name.replaceAll("\\..*", ""));
            if (known || !group.isEmpty() && OF_REQUESTS.contains(name)) {
                return name;
            }
        }
        return null;
    }
}
