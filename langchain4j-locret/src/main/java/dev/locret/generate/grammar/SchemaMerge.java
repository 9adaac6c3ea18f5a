package dev.locret.generate.grammar;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.BooleanNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.math.BigDecimal;
import java.util.Iterator;
import java.util.LinkedHashSet;
import java.util.Locale;
import java.util.Map;
import java.util.Set;

/** Puts schemas that all apply to one value together into one. */
final class SchemaMerge {
    /** Bounds of which the larger counts, and those of which the smaller does. */
    private static final Set<String> LARGER =
            Set.of("minimum", "exclusiveMinimum", "minLength", "minItems", "minProperties");

    private static final Set<String> SMALLER =
            Set.of("maximum", "exclusiveMaximum", "maxLength", "maxItems", "maxProperties");

    private final SchemaCompiler compiler;

    SchemaMerge(SchemaCompiler compiler) {
        this.compiler = compiler;
    }

    /** A schema without {@code $ref} and {@code allOf} at its top. */
    JsonNode flatten(ObjectNode schema, String path) {
        return flatten(schema, path, Set.of());
    }

    private JsonNode flatten(JsonNode schema, String path, Set<String> followed) {
        if (!schema.isObject() || !schema.has("$ref") && !schema.has("allOf")) {
            return schema;
        }
        SchemaKeywords.check(schema, path);
        compiler.budget().spendOn(schema);
        ObjectNode own = schema.deepCopy();
        own.remove("$ref");
        own.remove("allOf");
        JsonNode merged = own;
        JsonNode reference = schema.get("$ref");
        if (reference != null) {
            Set<String> further = new LinkedHashSet<>(followed);
            if (!further.add(reference.textValue())) {
                throw SchemaErrors.at(path, "refers to itself without progress: $ref=" + reference.textValue());
            }
            JsonNode target = flatten(compiler.resolve(reference.textValue(), path), path, further);
            merged = both(merged, target, path);
        }
        JsonNode all = schema.get("allOf");
        for (int i = 0; all != null && i < all.size(); i++) {
            merged = both(merged, flatten(all.get(i), path + "/allOf/" + i, followed), path + "/allOf/" + i);
        }
        return merged;
    }

    /** The schema of values that satisfy both. */
    JsonNode both(JsonNode a, JsonNode b, String path) {
        JsonNode left = flatten(a, path, Set.of());
        JsonNode right = flatten(b, path, Set.of());
        if (left.isBoolean() || right.isBoolean()) {
            JsonNode bool = left.isBoolean() ? left : right;
            return bool.booleanValue() ? (left.isBoolean() ? right : left) : BooleanNode.FALSE;
        }
        if (!left.isObject() || !right.isObject()) {
            throw SchemaErrors.at(path, "is neither object nor boolean");
        }
        SchemaKeywords.check(right, path);
        compiler.budget().spendOn(left);
        compiler.budget().spendOn(right);
        ObjectNode merged = left.deepCopy();
        ObjectNode other = right.deepCopy();
        // It looks at what is evaluated beside it, which after merging is more than it may see.
        if (other.has("unevaluatedProperties")) {
            throw SchemaErrors.unsupported(path, other, "unevaluatedProperties");
        }
        close(merged, other, path);
        close(other, merged, path);
        lengthen(merged, other);
        lengthen(other, merged);
        for (Map.Entry<String, JsonNode> member : other.properties()) {
            JsonNode old = merged.get(member.getKey());
            if (SchemaKeywords.isAnnotation(member.getKey())) {
                continue;
            }
            merged.set(
                    member.getKey(),
                    old == null || old.equals(member.getValue())
                            ? member.getValue()
                            : combine(member.getKey(), old, member.getValue(), path));
        }
        return merged;
    }

    /** What one schema does not declare is subject to its {@code additionalProperties}, also if the other declares it. */
    private void close(ObjectNode one, ObjectNode other, String path) {
        JsonNode rest = one.get("additionalProperties");
        if (rest == null || rest.isBoolean() && rest.booleanValue()) {
            return;
        }
        if (!(one.path("properties").isObject() || one.path("properties").isMissingNode())) {
            throw SchemaErrors.unsupported(path, one, "properties");
        }
        ObjectNode declared = one.withObjectProperty("properties");
        for (Iterator<String> names = other.path("properties").fieldNames(); names.hasNext(); ) {
            String name = names.next();
            if (!declared.has(name)) {
                compiler.budget().spendOn(rest);
                declared.set(name, rest.deepCopy());
            }
        }
    }

    /** What one schema begins with is subject to the {@code items} of another that begins with less. */
    private void lengthen(ObjectNode one, ObjectNode other) {
        JsonNode rest = one.get("items");
        if (rest != null
                && other.path("prefixItems").size() > one.path("prefixItems").size()) {
            ArrayNode beginning = one.withArrayProperty("prefixItems");
            while (beginning.size() < other.get("prefixItems").size()) {
                compiler.budget().spendOn(rest);
                beginning.add(rest.deepCopy());
            }
        }
    }

    private static JsonNode beginnings(JsonNode a, JsonNode b) {
        ArrayNode all = JsonNodeFactory.instance.arrayNode();
        for (int i = 0; i < Math.max(a.size(), b.size()); i++) {
            boolean both = i < a.size() && i < b.size();
            all.add(both ? allOf(a.get(i), b.get(i)) : i < a.size() ? a.get(i) : b.get(i));
        }
        return all;
    }

    private JsonNode combine(String keyword, JsonNode a, JsonNode b, String path) {
        if (LARGER.contains(keyword) || SMALLER.contains(keyword)) {
            if (!a.isNumber() || !b.isNumber()) {
                throw SchemaErrors.at(path, "cannot be combined: " + keyword + "=" + a + " and " + b);
            }
            BigDecimal left = NumberRules.value(a, keyword, path);
            BigDecimal right = NumberRules.value(b, keyword, path);
            return left.compareTo(right) >= 0 == LARGER.contains(keyword) ? a : b;
        }
        switch (keyword) {
            case "type":
                return types(a, b, path);
            case "required":
                return unite(a, b);
            case "properties":
                return properties(a, b, path);
            case "prefixItems":
                return beginnings(a, b);
            case "items":
            case "additionalProperties":
                if (a.isArray() || b.isArray()) {
                    throw SchemaErrors.at(path, "cannot be combined: lists of items");
                }
                return allOf(a, b);
            case "enum":
                return common(a, b);
            default:
                throw SchemaErrors.at(
                        path,
                        "cannot be combined: " + keyword + "=" + SchemaErrors.shortened(a.toString()) + " and "
                                + SchemaErrors.shortened(b.toString()));
        }
    }

    private static JsonNode types(JsonNode a, JsonNode b, String path) {
        JsonNodeFactory nodes = JsonNodeFactory.instance;
        Set<SchemaTypes> left = SchemaTypes.of(nodes.objectNode().set("type", a), path);
        Set<SchemaTypes> right = SchemaTypes.of(nodes.objectNode().set("type", b), path);
        ArrayNode common = nodes.arrayNode();
        for (SchemaTypes type : SchemaTypes.values()) {
            if (type.isIn(left) && type.isIn(right)) {
                common.add(type.name().toLowerCase(Locale.ROOT));
            }
        }
        return common;
    }

    private static JsonNode unite(JsonNode a, JsonNode b) {
        Set<JsonNode> all = new LinkedHashSet<>();
        a.forEach(all::add);
        b.forEach(all::add);
        return JsonNodeFactory.instance.arrayNode().addAll(all);
    }

    private static JsonNode common(JsonNode a, JsonNode b) {
        Set<JsonNode> all = new LinkedHashSet<>();
        a.forEach(all::add);
        Set<JsonNode> others = new LinkedHashSet<>();
        b.forEach(others::add);
        all.retainAll(others);
        return JsonNodeFactory.instance.arrayNode().addAll(all);
    }

    private static JsonNode properties(JsonNode a, JsonNode b, String path) {
        if (!a.isObject() || !b.isObject()) {
            throw SchemaErrors.at(path, "cannot be combined: properties are no objects");
        }
        ObjectNode all = a.deepCopy();
        for (Map.Entry<String, JsonNode> member : b.properties()) {
            JsonNode old = all.get(member.getKey());
            all.set(member.getKey(), old == null ? member.getValue() : allOf(old, member.getValue()));
        }
        return all;
    }

    private static JsonNode allOf(JsonNode a, JsonNode b) {
        if (a.equals(b)) {
            return a;
        }
        ObjectNode both = JsonNodeFactory.instance.objectNode();
        both.putArray("allOf").add(a).add(b);
        return both;
    }
}
