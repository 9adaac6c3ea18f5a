package dev.locret.corpus;

import java.util.List;

/**
 * Something that a document can be asked for.
 *
 * @param kind what is hidden, such as {@code number}
 * @param sentences what the document says, to be hidden apart from each other; empty where it says so already
 * @param question how it is asked for
 * @param value what an answer must contain
 * @param answer a whole answer
 */
public record Fact(String kind, List<String> sentences, String question, String value, String answer) {}
