package dev.locret.text;

import dev.locret.common.ErrorId;
import dev.locret.common.LocretException;
import java.util.List;
import java.util.Map;

/** Typed access to the tokenizer keys of a GGUF file's metadata. */
record GgufMetadata(Map<String, ?> values, String source) {
    private static final String PREFIX = "tokenizer.ggml.";

    String string(String key) {
        Object value = values.get(PREFIX + key);
        if (value != null && !(value instanceof String)) {
            throw wrongType(key, value, "a string");
        }
        return (String) value;
    }

    boolean flag(String key, boolean otherwise) {
        Object value = values.get(PREFIX + key);
        if (value == null) {
            return otherwise;
        }
        if (!(value instanceof Boolean)) {
            throw wrongType(key, value, "a boolean");
        }
        return (Boolean) value;
    }

    /** A token id, or -1 if the key is absent; an id outside the vocabulary is an error. */
    int tokenId(String key, int vocabularySize) {
        Object value = values.get(PREFIX + key);
        if (value == null) {
            return -1;
        }
        if (!(value instanceof Long)) {
            throw wrongType(key, value, "an integer");
        }
        long id = (Long) value;
        if (id < 0 || id >= vocabularySize) {
            throw failure(PREFIX + key + "=" + id + " is outside the vocabulary of " + vocabularySize);
        }
        return (int) id;
    }

    /** An array, or null if the key is absent. */
    List<?> list(String key) {
        Object value = values.get(PREFIX + key);
        if (value != null && !(value instanceof List)) {
            throw wrongType(key, value, "an array");
        }
        return (List<?>) value;
    }

    List<?> requiredList(String key) {
        List<?> list = list(key);
        if (list == null) {
            throw failure(PREFIX + key + " is missing");
        }
        return list;
    }

    /** An array with one item for each token, or null if the key is absent. */
    List<?> parallelList(String key, int vocabularySize) {
        List<?> list = list(key);
        if (list != null && list.size() != vocabularySize) {
            throw failure(PREFIX + key + " has " + list.size() + " items for " + vocabularySize + " tokens");
        }
        return list;
    }

    String item(List<?> list, String key, int index) {
        Object value = list.get(index);
        if (!(value instanceof String)) {
            throw failure(PREFIX + key + "[" + index + "] must be a string, is " + type(value));
        }
        return (String) value;
    }

    private LocretException wrongType(String key, Object value, String wanted) {
        return failure(PREFIX + key + " must be " + wanted + ", is " + type(value));
    }

    private static String type(Object value) {
        return value == null ? "null" : value.getClass().getSimpleName();
    }

    LocretException failure(String problem) {
        return new LocretException(ErrorId.TOKENIZER, "tokenizer: " + problem + ": " + source);
    }
}
