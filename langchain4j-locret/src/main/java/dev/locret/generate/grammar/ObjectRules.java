package dev.locret.generate.grammar;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Objects: declared properties in the order of the schema, then others where {@code additionalProperties} is given, or
 * where nothing is declared at all.
 */
final class ObjectRules {
    private final SchemaCompiler compiler;

    ObjectRules(SchemaCompiler compiler) {
        this.compiler = compiler;
    }

    Node node(ObjectNode schema, String path) {
        JsonNode properties = schema.path("properties");
        JsonNode required = schema.path("required");
        if (!properties.isObject() && !properties.isMissingNode()) {
            throw SchemaErrors.unsupported(path, schema, "properties");
        }
        if (!required.isArray() && !required.isMissingNode()) {
            throw SchemaErrors.unsupported(path, schema, "required");
        }
        JsonNode rest = rest(schema, path);
        Map<String, Node> values = new LinkedHashMap<>();
        for (Map.Entry<String, JsonNode> member : properties.properties()) {
            String at = SchemaErrors.member(path + "/properties", member.getKey());
            values.put(member.getKey(), compiler.schema(member.getValue(), at));
        }
        Node other = rest == null ? Node.NOTHING : compiler.schema(rest, path + "/additionalProperties");
        List<String> needed = new ArrayList<>();
        for (JsonNode name : required) {
            needed.add(name.asText());
            values.putIfAbsent(
                    name.asText(), rest == null && !schema.has("additionalProperties") ? AnyJson.VALUE : other);
        }
        int min = SchemaCompiler.count(schema, "minProperties", 0, path);
        int max = SchemaCompiler.count(schema, "maxProperties", Node.UNBOUNDED, path);
        boolean open = rest != null;
        boolean enough = min <= Math.max(1, needed.stream().distinct().count());
        boolean few = max >= values.size() && !open || max == Node.UNBOUNDED || open && values.isEmpty();
        if (!enough || !few) {
            throw SchemaErrors.unsupported(path, schema, enough ? "maxProperties" : "minProperties");
        }
        Node members =
                members(values, needed, open ? other(values, other, path, compiler.budget()) : Node.NOTHING, min, max);
        return Node.sequence(Node.literal("{"), members, Node.literal("}"));
    }

    /** The schema of properties that are not declared, or null if there are none. */
    private static JsonNode rest(ObjectNode schema, String path) {
        JsonNode rest = schema.get("additionalProperties");
        if (rest == null && !schema.has("properties") && !schema.has("required")) {
            rest = schema.get("unevaluatedProperties");
            return rest == null ? schema.booleanNode(true) : rest;
        }
        return rest != null && rest.isBoolean() && !rest.booleanValue() ? null : rest;
    }

    /** A member that is not declared. */
    private static Node other(Map<String, Node> declared, Node value, String path, Budget budget) {
        declared.keySet().forEach(name -> StringRules.wellFormed(name, path));
        Node name = declared.isEmpty()
                ? JsonText.string(0, Node.UNBOUNDED)
                : TextAutomaton.allBut(declared.keySet()).quoted(budget);
        return Node.sequence(name, JsonText.COLON, value);
    }

    private static Node members(Map<String, Node> values, List<String> needed, Node other, int min, int max) {
        // From the last property to the first: what follows when nothing, or something, stands in front.
        boolean some = min > 0 && needed.isEmpty();
        Node first = Node.separated(other, JsonText.COMMA, some ? 1 : 0, max);
        Node further = new Node.Repeat(Node.sequence(JsonText.COMMA, other), 0, Node.UNBOUNDED);
        List<String> names = new ArrayList<>(values.keySet());
        for (int i = names.size() - 1; i >= 0; i--) {
            String name = names.get(i);
            String quoted = JsonText.quote(StringRules.wellFormed(name, "#"));
            Node member = Node.sequence(JsonText.oneOf(List.of(quoted + ":", quoted + ": ")), values.get(name));
            Node begun = Node.sequence(member, further);
            Node continued = Node.sequence(JsonText.COMMA, member, further);
            boolean optional = !needed.contains(name);
            first = optional ? Node.choice(begun, first) : begun;
            further = optional ? Node.choice(continued, further) : continued;
        }
        return first;
    }
}
