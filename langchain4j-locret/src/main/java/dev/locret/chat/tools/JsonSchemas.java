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
 * Schemas of LangChain4j as JSON. An object that lists its properties has no others unless it says so: a model that may
 * invent some does. A raw schema means what JSON Schema says.
 */
public final class JsonSchemas {
    private static final JsonMapper JSON = new JsonMapper();

    private JsonSchemas() {}

    /** The schema as JSON. */
    public static JsonNode of(JsonSchemaElement element) {
        JsonNode schema = JSON.valueToTree(JsonSchemaElementUtils.toMap(element));
        close(element, schema);
        return schema;
    }

    private static void close(JsonSchemaElement element, JsonNode schema) {
        if (element instanceof JsonObjectSchema object) {
            if (object.additionalProperties() == null && !object.properties().isEmpty()) {
                ((ObjectNode) schema).put("additionalProperties", false);
            }
            object.properties()
                    .forEach((name, property) ->
                            close(property, schema.path("properties").path(name)));
            object.definitions()
                    .forEach((name, definition) ->
                            close(definition, schema.path("$defs").path(name)));
        } else if (element instanceof JsonArraySchema array && array.items() != null) {
            close(array.items(), schema.path("items"));
        } else if (element instanceof JsonAnyOfSchema anyOf) {
            for (int i = 0; i < anyOf.anyOf().size(); i++) {
                close(anyOf.anyOf().get(i), schema.path("anyOf").path(i));
            }
        }
    }
}
