package dev.locret.text;

import dev.locret.common.Checks;

/**
 * A piece of a prompt.
 *
 * @param text characters, never null
 * @param trusted whether control tokens written in it are meant as such: true for what a chat template writes itself,
 *     false for contents of messages, tools and documents
 */
public record PromptSpan(String text, boolean trusted) {
    public PromptSpan {
        Checks.notNull("text", text);
    }
}
