package dev.locret.chat;

import dev.langchain4j.data.message.ChatMessage;
import dev.langchain4j.data.message.Content;
import dev.langchain4j.data.message.TextContent;
import dev.langchain4j.data.message.UserMessage;
import dev.locret.common.ErrorId;
import dev.locret.common.LocretException;
import dev.locret.text.PromptSpan;
import java.util.ArrayList;
import java.util.List;

/**
 * Messages with a mark in the first text of the user's, so that what a template makes of them can be cut there, whatever
 * it writes around that text.
 *
 * @param mark characters that no message has
 */
record MarkedMessages(List<ChatMessage> messages, String mark) {
    /** Not a character, by Unicode: nobody writes it, no template trims it. */
    private static final String MARK = "\uFDD0";

    /** A prompt in two pieces. */
    record Cut(List<PromptSpan> before, List<PromptSpan> after) {}

    /** Marked where the first text of the user's begins; there must be one. */
    static MarkedMessages beforeText(List<ChatMessage> messages) {
        String mark = markFor(messages);
        return of(messages, mark, mark + MessageTexts.of(messages.get(firstOfUser(messages))));
    }

    /**
     * Marked behind the question, which is the last text of the last user message. It is put in front of the first text
     * of the user's, unless it is that text; there must be one.
     */
    static MarkedMessages afterQuestion(List<ChatMessage> messages) {
        String mark = markFor(messages);
        int first = firstOfUser(messages);
        int last = messages.size() - 1;
        while (!(messages.get(last) instanceof UserMessage)) {
            last--;
        }
        String text = MessageTexts.of(messages.get(first));
        List<Content> contents = ((UserMessage) messages.get(last)).contents();
        boolean alone = first == last && contents.size() == 1;
        String question = contents.get(contents.size() - 1) instanceof TextContent content ? content.text() : "";
        return of(messages, mark, alone ? text + mark : question + "\n\n" + mark + text);
    }

    /** Index of the first message of the user's, -1 if there is none. */
    static int firstOfUser(List<ChatMessage> messages) {
        for (int i = 0; i < messages.size(); i++) {
            if (messages.get(i) instanceof UserMessage) {
                return i;
            }
        }
        return -1;
    }

    private static String markFor(List<ChatMessage> messages) {
        String mark = MARK;
        for (ChatMessage message : messages) {
            while (MessageTexts.of(message).contains(mark)) {
                mark += MARK;
            }
        }
        return mark;
    }

    private static MarkedMessages of(List<ChatMessage> messages, String mark, String text) {
        int first = firstOfUser(messages);
        String name = ((UserMessage) messages.get(first)).name();
        List<ChatMessage> changed = new ArrayList<>(messages);
        changed.set(first, name == null ? UserMessage.from(text) : UserMessage.from(name, text));
        return new MarkedMessages(changed, mark);
    }

    /**
     * Cuts a prompt at the mark, which goes.
     *
     * @throws LocretException ({@code template}) if the template left out the text that has it
     */
    Cut cut(List<PromptSpan> prompt) {
        for (int i = 0; i < prompt.size(); i++) {
            PromptSpan span = prompt.get(i);
            int at = span.text().indexOf(mark);
            if (at >= 0) {
                List<PromptSpan> before = new ArrayList<>(prompt.subList(0, i));
                before.add(new PromptSpan(span.text().substring(0, at), span.trusted()));
                List<PromptSpan> after = new ArrayList<>();
                after.add(new PromptSpan(span.text().substring(at + mark.length()), span.trusted()));
                after.addAll(prompt.subList(i + 1, prompt.size()));
                return new Cut(before, after);
            }
        }
        throw new LocretException(
                ErrorId.TEMPLATE, "template: leaves out the first message of the user's: messages=" + messages.size());
    }
}
