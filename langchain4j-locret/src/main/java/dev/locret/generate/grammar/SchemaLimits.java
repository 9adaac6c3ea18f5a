package dev.locret.generate.grammar;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.locret.common.ErrorId;
import dev.locret.common.LocretException;
import java.util.ArrayDeque;
import java.util.Collections;
import java.util.Deque;
import java.util.Iterator;
import java.util.Map;

/** Refuses schemas that are too deep or too large, before anything recursive looks at them. */
final class SchemaLimits {
    /** Brackets within brackets; a level of properties takes two. */
    static final int MAX_DEPTH = 200;

    /** Values of all kinds. */
    static final int MAX_VALUES = 200_000;

    private record Open(Iterator<Map.Entry<String, JsonNode>> members, Iterator<JsonNode> elements, String path) {}

    private static final JsonMapper JSON = JsonMapper.builder()
            .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
            .enable(DeserializationFeature.USE_BIG_DECIMAL_FOR_FLOATS)
            .build();

    private SchemaLimits() {}

    /** Reads the text of a schema; Jackson's own limits end what is too deep. */
    static JsonNode parse(String text) {
        try {
            return JSON.readTree(text);
        } catch (JsonProcessingException e) {
            throw new LocretException(
                    ErrorId.GRAMMAR, "schema: cannot be read: " + SchemaErrors.shortened(e.getOriginalMessage()), e);
        }
    }

    /**
     * @throws dev.locret.common.LocretException ({@code grammar}) with the path of the place where it is too much
     */
    static void check(JsonNode schema) {
        Deque<Open> open = new ArrayDeque<>();
        int values = 1;
        open.push(open(schema, "#"));
        while (!open.isEmpty()) {
            Open top = open.peek();
            JsonNode child;
            String path = top.path;
            if (top.members.hasNext()) {
                Map.Entry<String, JsonNode> member = top.members.next();
                child = member.getValue();
                path = path.length() > 400 ? path : SchemaErrors.member(path, member.getKey());
            } else if (top.elements.hasNext()) {
                child = top.elements.next();
            } else {
                open.pop();
                continue;
            }
            if (++values > MAX_VALUES) {
                throw SchemaErrors.at(path, "is too large: values>" + MAX_VALUES + ", allowed=" + MAX_VALUES);
            }
            if (child != null && child.isContainerNode()) {
                if (open.size() >= MAX_DEPTH) {
                    throw SchemaErrors.at(path, "nests too deep: depth>" + MAX_DEPTH + ", allowed=" + MAX_DEPTH);
                }
                open.push(open(child, path));
            }
        }
    }

    private static Open open(JsonNode node, String path) {
        return new Open(
                node.properties().iterator(), node.isArray() ? node.elements() : Collections.emptyIterator(), path);
    }
}
