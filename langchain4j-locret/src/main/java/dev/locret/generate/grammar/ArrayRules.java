package dev.locret.generate.grammar;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.List;

/** Arrays: a beginning of items with a schema each, then any number of items of one schema. */
final class ArrayRules {
    private final SchemaCompiler compiler;

    ArrayRules(SchemaCompiler compiler) {
        this.compiler = compiler;
    }

    Node node(ObjectNode schema, String path) {
        int min = SchemaCompiler.count(schema, "minItems", 0, path);
        int max = SchemaCompiler.count(schema, "maxItems", Node.UNBOUNDED, path);
        if (schema.path("uniqueItems").booleanValue() && max > 1) {
            throw SchemaErrors.unsupported(path, schema, "uniqueItems");
        }
        // Before draft 2020-12 the beginning was the array form of items.
        boolean old = schema.path("items").isArray();
        JsonNode beginning = schema.path(old ? "items" : "prefixItems");
        if (!beginning.isArray() && !beginning.isMissingNode()) {
            throw SchemaErrors.unsupported(path, schema, "prefixItems");
        }
        JsonNode rest = schema.get(old ? "additionalItems" : "items");
        String restPath = path + (old ? "/additionalItems" : "/items");
        Node item = rest == null ? AnyJson.VALUE : compiler.schema(rest, restPath);
        List<Node> prefix = new ArrayList<>();
        for (int i = 0; i < beginning.size(); i++) {
            prefix.add(compiler.schema(beginning.get(i), path + (old ? "/items/" : "/prefixItems/") + i));
        }
        if (min > max) {
            return Node.NOTHING;
        }
        return Node.sequence(Node.literal("["), items(prefix, item, min, max), Node.literal("]"));
    }

    private static Node items(List<Node> prefix, Node item, int min, int max) {
        if (prefix.isEmpty() || max == 0) {
            return Node.separated(item, JsonText.COMMA, min, max);
        }
        int begun = prefix.size();
        Node further = new Node.Repeat(
                Node.sequence(JsonText.COMMA, item),
                Math.max(0, min - begun),
                max == Node.UNBOUNDED ? max : Math.max(0, max - begun));
        for (int i = begun - 1; i > 0; i--) {
            Node next = i < max ? Node.sequence(JsonText.COMMA, prefix.get(i), further) : Node.NOTHING;
            further = i >= min ? Node.choice(Node.EMPTY, next) : next;
        }
        Node all = Node.sequence(prefix.get(0), further);
        return min == 0 ? Node.choice(Node.EMPTY, all) : all;
    }
}
