package dev.locret.generate.grammar;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** The values that {@code const} and {@code enum} list, as far as the other keywords beside them admit them. */
final class SchemaValues {
    private static final int MAX_CHARACTERS = 200_000;

    private final SchemaCompiler compiler;

    SchemaValues(SchemaCompiler compiler) {
        this.compiler = compiler;
    }

    Node node(ObjectNode schema, String path) {
        JsonNode constant = schema.get("const");
        JsonNode listed = schema.get("enum");
        if (listed != null && !listed.isArray()) {
            throw SchemaErrors.unsupported(path, schema, "enum");
        }
        List<JsonNode> values = new ArrayList<>();
        for (JsonNode value : constant != null ? List.of(constant) : listed) {
            if (constant == null || listed == null || contains(listed, constant)) {
                values.add(value);
            }
        }
        compiler.budget().spendOn(schema);
        ObjectNode others = schema.deepCopy();
        others.remove(List.of("const", "enum"));
        if (others.has("type")) {
            Set<SchemaTypes> types = SchemaTypes.of(others, path);
            values.removeIf(value -> !SchemaTypes.ofValue(value).isIn(types));
        }
        Acceptor admitted = SchemaKeywords.hasOnly(others, "type") ? null : new Acceptor(compiler.types(others, path));
        List<byte[]> texts = new ArrayList<>();
        long characters = 0;
        for (JsonNode value : values) {
            String text = text(value, path);
            characters += text.length();
            if (characters > MAX_CHARACTERS) {
                throw SchemaErrors.at(
                        path, "values are too long: characters>" + MAX_CHARACTERS + ", allowed=" + MAX_CHARACTERS);
            }
            compiler.budget().spend(100 + 10L * text.length());
            byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
            if (admitted == null || admitted.accepts(bytes)) {
                texts.add(bytes);
            }
        }
        if (texts.isEmpty()) {
            return Node.NOTHING;
        }
        return new Node.Terminal(texts.size() == 1 ? ByteAutomaton.literal(texts.get(0)) : ByteTable.ofStrings(texts));
    }

    private static boolean contains(JsonNode list, JsonNode value) {
        for (JsonNode item : list) {
            if (item.equals(value)) {
                return true;
            }
        }
        return false;
    }

    /** A value in canonical form. */
    private static String text(JsonNode value, String path) {
        List<String> parts = new ArrayList<>();
        switch (value.getNodeType()) {
            case STRING:
                return JsonText.quote(StringRules.wellFormed(value.textValue(), path));
            case NULL:
            case BOOLEAN:
                return value.asText();
            case NUMBER:
                if (value.isFloatingPointNumber() && !Double.isFinite(value.doubleValue())) {
                    throw SchemaErrors.at(path, "number is out of range: " + value.asText());
                }
                return value.asText();
            case ARRAY:
                value.forEach(item -> parts.add(text(item, path)));
                return "[" + String.join(",", parts) + "]";
            case OBJECT:
                for (Map.Entry<String, JsonNode> member : value.properties()) {
                    String name = JsonText.quote(StringRules.wellFormed(member.getKey(), path));
                    parts.add(name + ":" + text(member.getValue(), path));
                }
                return "{" + String.join(",", parts) + "}";
            default:
                throw SchemaErrors.at(path, "value is not JSON: " + value.getNodeType());
        }
    }
}
