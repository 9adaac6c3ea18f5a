package dev.locret.generate.grammar;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.Iterator;
import java.util.Map;
import java.util.Set;

/** Which keywords of a schema are known, and what they apply to. */
final class SchemaKeywords {
    static final Set<String> OBJECT = Set.of(
            "properties",
            "required",
            "additionalProperties",
            "unevaluatedProperties",
            "minProperties",
            "maxProperties");
    static final Set<String> ARRAY = Set.of("items", "prefixItems", "additionalItems", "minItems", "maxItems");
    static final Set<String> STRING = Set.of("minLength", "maxLength", "pattern", "format");
    static final Set<String> NUMBER =
            Set.of("minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum", "multipleOf");

    /** All that says something about a number. */
    static final Set<String> NUMBER_AND_FORMAT =
            Set.of("minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum", "multipleOf", "format");

    /** Keywords by which schemas are put together of others. */
    private static final Set<String> COMPOSITION =
            Set.of("type", "enum", "const", "anyOf", "oneOf", "allOf", "$ref", "uniqueItems");

    /** Keywords that say something about a value, and nothing about what it may be. */
    private static final Set<String> ANNOTATIONS = Set.of(
            "title",
            "description",
            "default",
            "examples",
            "example",
            "$comment",
            "$schema",
            "$id",
            "id",
            "$anchor",
            "$vocabulary",
            "$defs",
            "definitions",
            "readOnly",
            "writeOnly",
            "deprecated",
            "contentEncoding",
            "contentMediaType",
            "contentSchema");

    private SchemaKeywords() {}

    static boolean isAnnotation(String keyword) {
        return ANNOTATIONS.contains(keyword) || keyword.startsWith("x-");
    }

    /** Whether a schema says nothing about its value but by some keywords. */
    static boolean hasOnly(JsonNode schema, String... keywords) {
        Set<String> allowed = Set.of(keywords);
        for (Iterator<String> names = schema.fieldNames(); names.hasNext(); ) {
            String name = names.next();
            if (!allowed.contains(name) && !isAnnotation(name)) {
                return false;
            }
        }
        return true;
    }

    /** Whether any of some keywords is there. */
    static boolean hasAny(JsonNode schema, Set<String> keywords) {
        return keywords.stream().anyMatch(schema::has);
    }

    /**
     * @throws dev.locret.common.LocretException ({@code grammar}) if a keyword is not supported
     */
    static void check(JsonNode schema, String path) {
        for (Map.Entry<String, JsonNode> member : schema.properties()) {
            String name = member.getKey();
            boolean known = isAnnotation(name)
                    || COMPOSITION.contains(name)
                    || OBJECT.contains(name)
                    || ARRAY.contains(name)
                    || STRING.contains(name)
                    || NUMBER.contains(name);
            boolean trivial = name.equals("uniqueItems") && !member.getValue().isBoolean();
            if (!known || trivial) {
                throw SchemaErrors.unsupported(path, schema, name);
            }
            boolean text = !name.equals("pattern") && !name.equals("format") && !name.equals("$ref")
                    || member.getValue().isTextual();
            // Another meta-schema may give every keyword another meaning.
            boolean foreign =
                    name.equals("$schema") && !member.getValue().asText().matches("https?://json-schema.org/.*");
            boolean moved = path.length() > 1 && (name.equals("$id") || name.equals("id"));
            if (!text || foreign || moved && member.getValue().isTextual()) {
                throw SchemaErrors.unsupported(path, schema, name);
            }
        }
    }
}
