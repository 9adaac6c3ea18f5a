package dev.locret.chat;

import dev.langchain4j.agent.tool.ToolSpecification;
import dev.langchain4j.data.message.AiMessage;
import dev.langchain4j.data.message.ChatMessage;
import dev.langchain4j.data.message.SystemMessage;
import dev.langchain4j.data.message.ToolExecutionResultMessage;
import dev.langchain4j.data.message.UserMessage;
import dev.locret.chat.tools.SingleCalls;
import dev.locret.chat.tools.ToolCallIds;
import dev.locret.chat.tools.ToolFormat;
import dev.locret.chat.tools.ToolInstructions;
import dev.locret.chat.tools.ToolSchemas;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Messages, tools and results as one family's chat template takes them. Immutable. */
final class TemplateMessages {
    private static final String CONTENT = "content";

    private final ToolFormat format;
    private final boolean rendersCalls;
    private final boolean takesTools;
    private final boolean acceptsSystem;

    /**
     * @param source of the template
     * @param acceptsSystem whether it takes a system message
     */
    TemplateMessages(String source, ToolFormat format, boolean acceptsSystem) {
        this.format = format;
        boolean generic = format == ToolFormat.GENERIC;
        this.rendersCalls = !generic && source.contains("tool_calls");
        // Phi-4-mini's own template looks for the tools within the system message.
        this.takesTools = !generic && (format != ToolFormat.PHI4 || !source.contains("message['tools']"));
        this.acceptsSystem = acceptsSystem;
    }

    /** The value of {@code tools}, or null. */
    List<Map<String, Object>> tools(List<ToolSpecification> tools) {
        return tools.isEmpty() || !takesTools
                ? null
                : tools.stream().map(ToolSchemas::toTemplate).toList();
    }

    /** The value of {@code messages}. */
    List<Map<String, Object>> messages(
            List<ChatMessage> messages, List<ToolSpecification> tools, boolean sendThinking) {
        List<Map<String, Object>> entries = new ArrayList<>();
        List<ChatMessage> split = format == ToolFormat.LLAMA3 ? SingleCalls.split(messages) : messages;
        ChatMessage previous = null;
        for (ChatMessage message : split) {
            if (format == ToolFormat.GENERIC
                    && message instanceof ToolExecutionResultMessage result
                    && previous instanceof ToolExecutionResultMessage) {
                // Many templates insist on alternating roles.
                entries.get(entries.size() - 1)
                        .merge(CONTENT, ToolInstructions.result(MessageTexts.of(result)), (a, b) -> a + "\n" + b);
            } else {
                entries.add(entry(message, sendThinking));
            }
            previous = message;
        }
        if (!tools.isEmpty() && !takesTools) {
            introduce(tools, entries);
        }
        return entries;
    }

    private void introduce(List<ToolSpecification> tools, List<Map<String, Object>> entries) {
        boolean hasSystem = !entries.isEmpty() && entries.get(0).get("role").equals("system");
        if (!hasSystem && acceptsSystem) {
            entries.add(0, entry("system", ""));
        }
        Map<String, Object> first = entries.get(0);
        if (format == ToolFormat.PHI4) {
            first.put("tools", ToolSchemas.toJson(tools));
        } else {
            String text = (String) first.get(CONTENT);
            String words = ToolInstructions.of(tools);
            first.put(CONTENT, text.isEmpty() ? words : hasSystem ? text + "\n\n" + words : words + "\n\n" + text);
        }
    }

    private Map<String, Object> entry(ChatMessage message, boolean sendThinking) {
        if (message instanceof ToolExecutionResultMessage result) {
            return result(result);
        }
        if (message instanceof AiMessage ai) {
            return answer(ai, sendThinking);
        }
        Map<String, Object> entry =
                entry(message instanceof SystemMessage ? "system" : "user", MessageTexts.of(message));
        if (message instanceof UserMessage user && user.name() != null) {
            entry.put("name", user.name());
        }
        return entry;
    }

    private Map<String, Object> answer(AiMessage ai, boolean sendThinking) {
        Map<String, Object> entry = entry("assistant", MessageTexts.of(ai));
        if (ai.thinking() != null && sendThinking) {
            entry.put("reasoning_content", ai.thinking());
        }
        if (ai.hasToolExecutionRequests()) {
            if (rendersCalls) {
                entry.put(
                        "tool_calls",
                        ai.toolExecutionRequests().stream()
                                .map(call -> ToolSchemas.toTemplate(call, id(call.id())))
                                .toList());
            } else {
                entry.put(CONTENT, ToolInstructions.calls(MessageTexts.of(ai), ai.toolExecutionRequests(), format));
            }
        }
        return entry;
    }

    private Map<String, Object> result(ToolExecutionResultMessage result) {
        String text = MessageTexts.of(result);
        if (format == ToolFormat.GENERIC) {
            return entry("user", ToolInstructions.result(text));
        }
        // Phi-4-mini's own template makes the control token from the role.
        Map<String, Object> entry = entry(format == ToolFormat.PHI4 && !rendersCalls ? "tool_response" : "tool", text);
        entry.put("name", result.toolName());
        entry.put("tool_call_id", id(result.id()));
        return entry;
    }

    private String id(String id) {
        return format == ToolFormat.MISTRAL ? ToolCallIds.normalise(id) : id;
    }

    private static Map<String, Object> entry(String role, String content) {
        Map<String, Object> entry = new LinkedHashMap<>();
        entry.put("role", role);
        entry.put(CONTENT, content);
        return entry;
    }
}
