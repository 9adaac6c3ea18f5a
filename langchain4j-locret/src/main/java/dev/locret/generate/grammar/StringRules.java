package dev.locret.generate.grammar;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.nio.charset.StandardCharsets;

/** Strings: free ones, or those that lengths, a pattern and a format leave. */
final class StringRules {
    private StringRules() {}

    static Node node(ObjectNode schema, String path, Budget budget) {
        int min = SchemaCompiler.count(schema, "minLength", 0, path);
        int max = SchemaCompiler.count(schema, "maxLength", Node.UNBOUNDED, path);
        if (min > max) {
            return Node.NOTHING;
        }
        TextAutomaton texts = null;
        if (schema.has("pattern")) {
            String pattern = wellFormed(schema.get("pattern").textValue(), path);
            texts = RegexCompiler.search(RegexParser.parse(pattern), budget);
        }
        if (schema.has("format")) {
            TextAutomaton format = RegexCompiler.whole(StringFormats.of(schema, path), budget);
            texts = texts == null ? format : texts.intersect(format, budget);
        }
        if (texts == null) {
            return JsonText.string(min, max);
        }
        boolean anyLength = min == 0 && max == Node.UNBOUNDED;
        return (anyLength ? texts : texts.intersect(TextAutomaton.ofLength(min, max), budget)).quoted(budget);
    }

    /**
     * @throws dev.locret.common.LocretException ({@code grammar}) if a text holds half a surrogate pair, which no answer
     *     can
     */
    static String wellFormed(String text, String path) {
        if (!StandardCharsets.UTF_8.newEncoder().canEncode(text)) {
            throw SchemaErrors.at(path, "text holds half a surrogate pair");
        }
        return text;
    }
}
