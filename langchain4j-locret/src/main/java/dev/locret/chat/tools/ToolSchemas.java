package dev.locret.chat.tools;

import com.fasterxml.jackson.core.JacksonException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.langchain4j.agent.tool.ToolExecutionRequest;
import dev.langchain4j.agent.tool.ToolSpecification;
import dev.langchain4j.internal.JsonSchemaElementUtils;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Tools and their calls as JSON. */
public final class ToolSchemas {
    private static final JsonMapper JSON = new JsonMapper();

    private ToolSchemas() {}

    /** A tool in the form that chat templates expect. */
    public static Map<String, Object> toTemplate(ToolSpecification tool) {
        Map<String, Object> function = new LinkedHashMap<>();
        function.put("name", tool.name());
        function.put("description", tool.description() == null ? "" : tool.description());
        function.put("parameters", parameters(tool));
        Map<String, Object> entry = new LinkedHashMap<>();
        entry.put("type", "function");
        entry.put("function", function);
        return entry;
    }

    /** A call in the form that chat templates expect; arguments that are no JSON object stay text. */
    public static Map<String, Object> toTemplate(ToolExecutionRequest call, String id) {
        Map<String, Object> function = new LinkedHashMap<>();
        function.put("name", call.name());
        function.put("arguments", arguments(call));
        Map<String, Object> entry = new LinkedHashMap<>();
        entry.put("id", id);
        entry.put("type", "function");
        entry.put("function", function);
        return entry;
    }

    static Object arguments(ToolExecutionRequest call) {
        String arguments = call.arguments();
        if (arguments == null || arguments.isBlank()) {
            return Map.of();
        }
        try {
            JsonNode node = JSON.readTree(arguments);
            return node.isObject() ? JSON.convertValue(node, Map.class) : arguments;
        } catch (JacksonException e) {
            return arguments;
        }
    }

    private static Map<String, Object> parameters(ToolSpecification tool) {
        return tool.parameters() == null ? noParameters() : JsonSchemaElementUtils.toMap(tool.parameters());
    }

    private static Map<String, Object> noParameters() {
        Map<String, Object> none = new LinkedHashMap<>();
        none.put("type", "object");
        none.put("properties", Map.of());
        return none;
    }

    /** JSON schema of a tool's arguments. */
    public static JsonNode argumentsSchema(ToolSpecification tool) {
        return JsonSchemas.ofArguments(tool.parameters());
    }

    /** Tools as a JSON array of their functions. */
    public static String toJson(List<ToolSpecification> tools) {
        return json(tools.stream().map(tool -> toTemplate(tool).get("function")).toList());
    }

    static String json(Object value) {
        return JSON.valueToTree(value).toString();
    }
}
