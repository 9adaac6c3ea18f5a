package dev.locret.generate.grammar;

import com.fasterxml.jackson.core.JsonPointer;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.locret.common.LocretException;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;

/**
 * Turns a JSON schema into a grammar of texts that satisfy it. Not every such text is in the grammar (members keep the
 * schema's order, what is not declared is left out unless {@code additionalProperties} says otherwise), but every text of
 * the grammar satisfies the schema.
 */
final class SchemaCompiler {
    /** Schemas compiled one inside the other, those that were put together from several among them. */
    private static final int MAX_DEPTH = 300;

    /** Schemas compiled in all. */
    private static final int MAX_SCHEMAS = 20_000;

    private final JsonNode root;
    private final SchemaMerge merge = new SchemaMerge(this);
    private final ObjectRules objects = new ObjectRules(this);
    private final ArrayRules arrays = new ArrayRules(this);
    private final Map<String, Node.Reference> references = new HashMap<>();
    private final Map<JsonNode, Node> texts = new HashMap<>();
    private final Budget budget = new Budget();
    private int depth;
    private int schemas;

    SchemaCompiler(JsonNode root) {
        SchemaLimits.check(root);
        this.root = root;
    }

    /** What this compilation may still cost. */
    Budget budget() {
        return budget;
    }

    Node compile() {
        return schema(root, "#");
    }

    /** The grammar of a schema. */
    Node schema(JsonNode schema, String path) {
        if (schema.isBoolean()) {
            return schema.booleanValue() ? AnyJson.VALUE : Node.NOTHING;
        }
        if (!schema.isObject()) {
            throw SchemaErrors.at(path, "is neither object nor boolean: " + SchemaErrors.shortened(schema.toString()));
        }
        if (++schemas > MAX_SCHEMAS) {
            throw SchemaErrors.at(path, "is too large: schemas>" + MAX_SCHEMAS + ", allowed=" + MAX_SCHEMAS);
        }
        if (++depth > MAX_DEPTH) {
            throw SchemaErrors.at(path, "nests too deep: depth=" + depth + ", allowed=" + MAX_DEPTH);
        }
        Node node = dispatch((ObjectNode) schema, path);
        depth--;
        return node;
    }

    private Node dispatch(ObjectNode schema, String path) {
        if (schema.has("$ref") && SchemaKeywords.hasOnly(schema, "$ref")) {
            SchemaKeywords.check(schema, path);
            return reference(schema.get("$ref").textValue(), path);
        }
        if (schema.has("$ref") || schema.has("allOf")) {
            budget.spendOn(schema);
            return shared("allOf " + schema, () -> schema(merge.flatten(schema, path), path));
        }
        SchemaKeywords.check(schema, path);
        if (schema.has("anyOf") || schema.has("oneOf")) {
            return alternatives(schema, schema.has("anyOf") ? "anyOf" : "oneOf", path);
        }
        if (schema.has("const") || schema.has("enum")) {
            return new SchemaValues(this).node(schema, path);
        }
        return types(schema, path);
    }

    /** The grammar of what a reference leads to; made once, so that a schema may contain itself. */
    private Node reference(String reference, String path) {
        return shared("$ref " + reference, () -> schema(resolve(reference, path), reference));
    }

    /** A schema that occurs again, or inside itself, is compiled once. */
    private Node shared(String key, Supplier<Node> compile) {
        Node.Reference known = references.get(key);
        if (known == null) {
            known = new Node.Reference();
            references.put(key, known);
            known.target = compile.get();
        }
        return known;
    }

    /** What a {@code $ref} leads to. */
    JsonNode resolve(String reference, String path) {
        String base = root.path("$id").asText("");
        String pointer =
                !base.isEmpty() && reference.startsWith(base + "#") ? reference.substring(base.length()) : reference;
        JsonNode found = null;
        if (pointer.equals("#") || pointer.startsWith("#/")) {
            try {
                String decoded = URLDecoder.decode(pointer.substring(1).replace("+", "%2B"), StandardCharsets.UTF_8);
                found = root.at(JsonPointer.compile(decoded));
            } catch (IllegalArgumentException e) {
                throw SchemaErrors.at(path, "reference is damaged: $ref=" + SchemaErrors.shortened(reference));
            }
        }
        if (found == null) {
            throw SchemaErrors.at(
                    path, "reference is not supported (only # and #/… are): $ref=" + SchemaErrors.shortened(reference));
        }
        if (found.isMissingNode()) {
            throw SchemaErrors.at(path, "reference leads nowhere: $ref=" + SchemaErrors.shortened(reference));
        }
        return found;
    }

    private Node alternatives(ObjectNode schema, String keyword, String path) {
        JsonNode branches = schema.get(keyword);
        if (!branches.isArray() || branches.isEmpty()) {
            throw SchemaErrors.unsupported(path, schema, keyword);
        }
        budget.spendOn(schema);
        ObjectNode base = schema.deepCopy();
        base.remove(keyword);
        boolean bare = SchemaKeywords.hasOnly(base);
        if (keyword.equals("oneOf")) {
            new SchemaDisjoint(this).require(schema, path);
        }
        List<Node> options = new ArrayList<>();
        for (int i = 0; i < branches.size(); i++) {
            String at = path + "/" + keyword + "/" + i;
            JsonNode branch = bare ? branches.get(i) : merge.both(base, branches.get(i), at);
            options.add(schema(branch, at));
        }
        return options.size() == 1 ? options.get(0) : new Node.Choice(options);
    }

    /** A value of the types that a schema admits. */
    Node types(ObjectNode schema, String path) {
        List<Node> options = new ArrayList<>();
        for (SchemaTypes type : SchemaTypes.of(schema, path)) {
            options.add(type(type, schema, path));
        }
        return options.size() == 1 ? options.get(0) : new Node.Choice(options);
    }

    private Node type(SchemaTypes type, ObjectNode schema, String path) {
        switch (type) {
            case NULL:
                return Node.literal("null");
            case BOOLEAN:
                return JsonText.oneOf(List.of("true", "false"));
            case ARRAY:
                return arrays.node(schema, path);
            case OBJECT:
                return objects.node(schema, path);
            default:
                return text(type, schema, path);
        }
    }

    /** A string or number; the same kind is made once, and what goes wrong with its automaton is told with the path. */
    private Node text(SchemaTypes type, ObjectNode schema, String path) {
        ObjectNode key = schema.objectNode().put("type", type.name());
        for (String keyword : type == SchemaTypes.STRING ? SchemaKeywords.STRING : SchemaKeywords.NUMBER_AND_FORMAT) {
            key.set(keyword, schema.get(keyword));
        }
        Node known = texts.get(key);
        if (known == null) {
            known = newText(type, schema, path);
            texts.put(key, known);
        }
        return known;
    }

    private Node newText(SchemaTypes type, ObjectNode schema, String path) {
        try {
            return type == SchemaTypes.STRING
                    ? StringRules.node(schema, path, budget)
                    : NumberRules.node(schema, type == SchemaTypes.INTEGER, path, budget);
        } catch (LocretException e) {
            throw e.getMessage().startsWith("schema: ") ? e : SchemaErrors.at(path, e);
        }
    }

    /** A count such as {@code minItems}. */
    static int count(JsonNode schema, String keyword, int otherwise, String path) {
        JsonNode value = schema.get(keyword);
        if (value == null) {
            return otherwise;
        }
        if (!value.isNumber() || value.doubleValue() < 0 || value.doubleValue() != Math.rint(value.doubleValue())) {
            throw SchemaErrors.at(
                    path, keyword + " is no count: " + keyword + "=" + SchemaErrors.shortened(value.toString()));
        }
        return (int) Math.min(value.doubleValue(), Node.UNBOUNDED);
    }
}
