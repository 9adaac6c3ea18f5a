package dev.locret.chat.tools;

import java.util.List;

/**
 * How a family of models is told of tools and writes its calls. A call is always a JSON object with the tool's name and
 * its arguments; what stands around it differs.
 */
public enum ToolFormat {
    /** Llama 3.1 to 3.3: the whole answer is <code>{"name": "f", "parameters": {}}</code>, several divided by {@code ;}. */
    LLAMA3("parameters", List.of("<|python_tag|>"), "", "", "", List.of("<|python_tag|>")),
    /** Qwen2.5, Qwen3, Hermes: <code>&lt;tool_call>{"name": "f", "arguments": {}}&lt;/tool_call></code>, repeated. */
    HERMES(
            "arguments",
            List.of("<tool_call>"),
            "</tool_call>",
            "<tool_call>\n",
            "",
            List.of("<tool_call>", "</tool_call>")),
    /** Mistral: <code>[TOOL_CALLS] [{"name": "f", "arguments": {}}]</code>, later <code>[TOOL_CALLS]f[ARGS]{}</code>. */
    MISTRAL(
            "arguments",
            List.of("[TOOL_CALLS]"),
            "",
            "[TOOL_CALLS]",
            "[",
            List.of("[TOOL_CALLS]", ToolFormat.ARGUMENTS_MARK, ToolFormat.ID_MARK)),
    /** Phi-4-mini: <code>&lt;|tool_call|>[{"name": "f", "arguments": {}}]&lt;|/tool_call|></code>, or {@code functools[…]}. */
    PHI4(
            "arguments",
            List.of("<|tool_call|>", "functools["),
            "<|/tool_call|>",
            "<|tool_call|>",
            "[",
            List.of("<|tool_call|>", "<|/tool_call|>")),
    /** Any other model: the tools stand in the system message, calls are written as {@link #HERMES} does. */
    GENERIC(
            "arguments",
            List.of("<tool_call>"),
            "</tool_call>",
            "<tool_call>\n",
            "",
            List.of("<tool_call>", "</tool_call>"));

    /** Text in front of the arguments of a call that is no JSON object itself. */
    public static final String ARGUMENTS_MARK = "[ARGS]";

    /** Text in front of such a call's id. */
    public static final String ID_MARK = "[CALL_ID]";

    private final String argumentsKey;
    private final List<String> openers;
    private final String closer;
    private final String prefix;
    private final String listOpener;
    private final List<String> markers;

    ToolFormat(
            String argumentsKey,
            List<String> openers,
            String closer,
            String prefix,
            String listOpener,
            List<String> markers) {
        this.argumentsKey = argumentsKey;
        this.openers = openers;
        this.closer = closer;
        this.prefix = prefix;
        this.listOpener = listOpener;
        this.markers = markers;
    }

    /** The format that a chat template was written for; {@link #GENERIC} if it knows none of them. */
    public static ToolFormat of(String template) {
        boolean tools = template.contains("tools");
        // Qwen3-Coder and others write calls as XML inside the same tags.
        if (tools && template.contains("<tool_call>") && !template.contains("<function=")) {
            return HERMES;
        }
        if (template.contains("[TOOL_CALLS]")) {
            return MISTRAL;
        }
        if (template.contains("<|tool|>")) {
            return PHI4;
        }
        return tools && template.contains("<|start_header_id|>") && template.contains("\"parameters\": ")
                ? LLAMA3
                : GENERIC;
    }

    /** Key of the arguments within a call. */
    public String argumentsKey() {
        return argumentsKey;
    }

    /** Texts with which a call begins, wherever they stand in the answer. */
    public List<String> openers() {
        return openers;
    }

    /** Text behind a call, or empty. */
    public String closer() {
        return closer;
    }

    /** Whether an answer that begins with a JSON object is a call. */
    public boolean startsBare() {
        return this == LLAMA3;
    }

    /** What is put in front of an answer that must be a call, so that only JSON is left to the model. */
    public String prefix() {
        return prefix;
    }

    /** What stands between {@link #prefix()} and the first call: the bracket of a list, or nothing. */
    public String listOpener() {
        return listOpener;
    }

    /** Texts that mean something in an answer and are control tokens in some vocabularies. */
    public List<String> markers() {
        return markers;
    }
}
