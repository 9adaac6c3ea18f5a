package dev.locret.chat.tools;

import dev.langchain4j.agent.tool.ToolExecutionRequest;
import dev.langchain4j.agent.tool.ToolSpecification;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/** Tools in plain words, for models whose chat template has no place for them. */
public final class ToolInstructions {
    private ToolInstructions() {}

    /** What a system message says about the tools. */
    public static String of(List<ToolSpecification> tools) {
        String list = tools.stream()
                .map(tool -> ToolSchemas.json(ToolSchemas.toTemplate(tool).get("function")))
                .collect(Collectors.joining("\n"));
        return "You can call these tools, one JSON object each:\n" + list
                + "\nTo call a tool, answer with its name and arguments in this form:\n"
                + "<tool_call>\n{\"name\": \"name of the tool\", \"arguments\": {\"argument\": \"value\"}}\n</tool_call>\n"
                + "The result will come in <tool_response></tool_response>.";
    }

    /** What an answer with calls says, for the history of a conversation. */
    public static String calls(String text, List<ToolExecutionRequest> calls, ToolFormat format) {
        String written = format == ToolFormat.PHI4
                ? calls.stream()
                        .map(ToolInstructions::call)
                        .collect(Collectors.joining(", ", "<|tool_call|>[", "]<|/tool_call|>"))
                : calls.stream()
                        .map(call -> "<tool_call>\n" + call(call) + "\n</tool_call>")
                        .collect(Collectors.joining("\n"));
        return text == null || text.isEmpty() ? written : text + "\n" + written;
    }

    private static String call(ToolExecutionRequest call) {
        Map<String, Object> entry = new LinkedHashMap<>();
        entry.put("name", call.name());
        entry.put("arguments", ToolSchemas.arguments(call));
        return ToolSchemas.json(entry);
    }

    /** What a message with a tool's result says. */
    public static String result(String text) {
        return "<tool_response>\n" + text + "\n</tool_response>";
    }
}
