package dev.locret.format;

import dev.locret.common.LocretException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/**
 * Typed access to the settings of a model, from {@code config.json} or GGUF metadata. A key that is absent or null takes
 * the default of its reader; a value of another type is an error that names the key.
 */
final class Settings {
    private final String format;
    private final Path path;
    private final String prefix;
    private final Map<String, Object> values;

    /** Reads {@code prefix + key} from {@code values}. */
    Settings(String format, Path path, String prefix, Map<String, Object> values) {
        this.format = format;
        this.path = path;
        this.prefix = prefix;
        this.values = values;
    }

    String format() {
        return format;
    }

    Path path() {
        return path;
    }

    Object find(String key) {
        return values.get(prefix + key);
    }

    /** Whether {@code key} is there and not null. */
    boolean has(String key) {
        return find(key) != null;
    }

    /** Whether {@code key} is there, even as null. */
    boolean hasKey(String key) {
        return values.containsKey(prefix + key);
    }

    int integer(String key) {
        return integer(key, null);
    }

    /** An integer of 32 bits; {@code absent} null makes it mandatory. */
    int integer(String key, Integer absent) {
        Object value = find(key);
        if (value == null) {
            return orMissing(key, absent);
        }
        if (value instanceof Double number && number == Math.rint(number)) {
            value = number.longValue();
        }
        if (value instanceof Long number && number == number.intValue()) {
            return number.intValue();
        }
        throw wrong(key, "an integer of 32 bits", value);
    }

    double number(String key) {
        return number(key, null);
    }

    /** A finite number; {@code absent} null makes it mandatory. */
    double number(String key, Double absent) {
        Object value = find(key);
        if (value == null) {
            return orMissing(key, absent);
        }
        if (value instanceof Number number && Double.isFinite(number.doubleValue())) {
            return number.doubleValue();
        }
        throw wrong(key, "a finite number", value);
    }

    boolean flag(String key, boolean absent) {
        Object value = find(key);
        if (value == null || value instanceof Boolean) {
            return value == null ? absent : (Boolean) value;
        }
        throw wrong(key, "true or false", value);
    }

    String text(String key, String absent) {
        Object value = find(key);
        if (value == null || value instanceof String) {
            return value == null ? absent : (String) value;
        }
        throw wrong(key, "a string", value);
    }

    List<?> list(String key) {
        Object value = find(key);
        if (value == null || value instanceof List) {
            return value == null ? List.of() : (List<?>) value;
        }
        throw wrong(key, "a list", value);
    }

    /** The settings inside the object {@code key}, empty if it is absent. */
    @SuppressWarnings("unchecked")
    Settings inner(String key) {
        Object value = find(key);
        if (value == null || value instanceof Map) {
            // Keys of JSON objects are strings.
            Map<String, Object> map = value == null ? Map.of() : (Map<String, Object>) value;
            return new Settings(format + ": " + prefix + key, path, "", map);
        }
        throw wrong(key, "an object", value);
    }

    /** Numbers of the list {@code key}, of which there must be {@code count}. */
    float[] floats(String key, int count) {
        List<?> list = list(key);
        if (list.size() != count) {
            throw damaged(prefix + key + " has " + list.size() + " elements, expected " + count);
        }
        float[] floats = new float[count];
        for (int i = 0; i < count; i++) {
            if (!(list.get(i) instanceof Number number) || !Float.isFinite(number.floatValue())) {
                throw wrong(key, "a list of finite numbers", list.get(i));
            }
            floats[i] = number.floatValue();
        }
        return floats;
    }

    LocretException damaged(String what) {
        return FormatErrors.damaged(format, what, path);
    }

    LocretException unsupported(String what) {
        return FormatErrors.unsupportedModel(format, what, path);
    }

    private <T> T orMissing(String key, T absent) {
        if (absent == null) {
            throw damaged(prefix + key + " is missing");
        }
        return absent;
    }

    private LocretException wrong(String key, String expected, Object value) {
        return damaged(prefix + key + " must be " + expected + ", is "
                + (value instanceof List || value instanceof Map
                        ? "a list or object"
                        : FormatErrors.quote(String.valueOf(value))));
    }
}
