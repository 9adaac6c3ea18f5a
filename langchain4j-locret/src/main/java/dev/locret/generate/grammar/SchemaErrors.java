package dev.locret.generate.grammar;

import com.fasterxml.jackson.databind.JsonNode;
import dev.locret.common.ErrorId;
import dev.locret.common.LocretException;

/** Errors about a place in a schema. */
final class SchemaErrors {
    private static final int SHOWN = 200;

    private SchemaErrors() {}

    /** An error at a path such as {@code #/properties/name}. */
    static LocretException at(String path, String message) {
        return new LocretException(ErrorId.GRAMMAR, "schema: " + message + " at " + shortened(path));
    }

    static LocretException unsupported(String path, JsonNode schema, String keyword) {
        return at(path, "keyword is not supported: " + keyword + "=" + shortened(String.valueOf(schema.get(keyword))));
    }

    /** Adds the place to an error of a part that does not know it. */
    static LocretException at(String path, LocretException cause) {
        return new LocretException(ErrorId.GRAMMAR, cause.getMessage() + " at " + shortened(path), cause);
    }

    static String shortened(String text) {
        return text.length() <= SHOWN ? text : text.substring(0, SHOWN) + "…";
    }

    /** The path of a member. */
    static String member(String path, String name) {
        return path + "/" + name.replace("~", "~0").replace("/", "~1");
    }
}
