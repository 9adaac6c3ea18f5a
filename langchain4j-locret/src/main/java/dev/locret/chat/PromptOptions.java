package dev.locret.chat;

import dev.langchain4j.agent.tool.ToolSpecification;
import java.util.List;

/**
 * What a prompt depends on besides its messages.
 *
 * @param tools that the model may call
 * @param forceCall whether the answer must be a call: then the prompt opens it
 * @param json whether the answer must be JSON: then the prompt opens the thinking, if there is any
 * @param think whether the model thinks first; null leaves it to the template
 * @param sendThinking whether thoughts in earlier answers are shown to the template
 */
public record PromptOptions(
        List<ToolSpecification> tools, boolean forceCall, boolean json, Boolean think, boolean sendThinking) {
    /** Messages alone. */
    public static final PromptOptions PLAIN = new PromptOptions(List.of(), false, false, null, true);
}
