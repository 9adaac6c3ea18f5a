package dev.locret.chat.tools;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.langchain4j.internal.JsonSchemaElementUtils;
import dev.langchain4j.model.chat.request.json.JsonAnyOfSchema;
import dev.langchain4j.model.chat.request.json.JsonArraySchema;
import dev.langchain4j.model.chat.request.json.JsonObjectSchema;
import dev.langchain4j.model.chat.request.json.JsonSchemaElement;

/**
 * Schemas of LangChain4j as JSON. There an object without properties is a map, so it may have any; grammars leave out
 * what a schema does not declare.
 */
public final class JsonSchemas {
    private static final JsonMapper JSON = new JsonMapper();
    private static final String ADDITIONAL = "additionalProperties";

    private JsonSchemas() {}

    /** The schema as JSON. */
    public static JsonNode of(JsonSchemaElement element) {
        JsonNode schema = JSON.valueToTree(JsonSchemaElementUtils.toMap(element));
        openMaps(element, schema);
        return schema;
    }

    /** The schema of a tool's arguments; null or without properties it is that of no arguments, not of a map. */
    static JsonNode ofArguments(JsonObjectSchema parameters) {
        if (parameters != null && !parameters.properties().isEmpty()) {
            return of(parameters);
        }
        ObjectNode none = JSON.createObjectNode();
        none.put("type", "object").put(ADDITIONAL, false);
        return none;
    }

    private static void openMaps(JsonSchemaElement element, JsonNode schema) {
        if (element instanceof JsonObjectSchema object) {
            if (object.additionalProperties() == null && object.properties().isEmpty()) {
                ((ObjectNode) schema).put(ADDITIONAL, true);
            }
            object.properties()
                    .forEach((name, property) ->
                            openMaps(property, schema.path("properties").path(name)));
            object.definitions()
                    .forEach((name, definition) ->
                            openMaps(definition, schema.path("$defs").path(name)));
        } else if (element instanceof JsonArraySchema array && array.items() != null) {
            openMaps(array.items(), schema.path("items"));
        } else if (element instanceof JsonAnyOfSchema anyOf) {
            for (int i = 0; i < anyOf.anyOf().size(); i++) {
                openMaps(anyOf.anyOf().get(i), schema.path("anyOf").path(i));
            }
        }
    }
}
