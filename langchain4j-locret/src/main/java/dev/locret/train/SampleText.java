package dev.locret.train;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * A sample as text: a conversation, and which parts of its messages are what.
 *
 * @param source file and line, for messages
 * @param messages {@code role} and {@code content} of each, as chat templates take them
 * @param parts pieces of the contents, in order; a message may hold several
 */
record SampleText(String source, List<Map<String, String>> messages, List<Part> parts) {
    /** What a piece of text is. */
    enum Kind {
        /** In front of what it is about, and kept while that is read: not scored. */
        QUESTION_IN_FRONT,
        /** Read by nothing but attention: all up to its end is scored. */
        CONTEXT,
        QUESTION,
        ANSWER,
        /** Earlier turns of a conversation: they count to the context. */
        OTHER
    }

    /** A piece and what it is, without white space around it. */
    record Part(Kind kind, String text) {
        Part {
            text = text.strip();
        }
    }

    /** Questions to one context, each with its answer, one turn after the other. */
    static SampleText of(String source, String context, List<String> questions, List<String> answers) {
        List<Map<String, String>> messages = new ArrayList<>();
        List<Part> parts = new ArrayList<>();
        parts.add(new Part(Kind.CONTEXT, context));
        for (int i = 0; i < questions.size(); i++) {
            String question = questions.get(i).strip();
            messages.add(message("user", i == 0 ? context.strip() + "\n\n" + question : question));
            messages.add(message("assistant", answers.get(i).strip()));
            parts.add(new Part(Kind.QUESTION, question));
            parts.add(new Part(Kind.ANSWER, answers.get(i)));
        }
        return new SampleText(source, messages, parts);
    }

    /** A text of which nothing is asked. */
    static SampleText of(String source, String text) {
        return new SampleText(source, List.of(message("user", text.strip())), List.of(new Part(Kind.CONTEXT, text)));
    }

    /**
     * A conversation. Its last message is the answer; the question is what the message before it says after its last
     * empty line, or all of it if there is none; everything earlier is the context.
     */
    static SampleText of(String source, List<Map<String, String>> messages) {
        List<Part> parts = new ArrayList<>();
        int last = messages.size() - 1;
        for (int i = 0; i < last - 1; i++) {
            parts.add(new Part(Kind.OTHER, messages.get(i).get("content")));
        }
        String asked = messages.get(last - 1).get("content").strip();
        int at = asked.lastIndexOf("\n\n");
        parts.add(new Part(Kind.CONTEXT, at < 0 ? "" : asked.substring(0, at)));
        parts.add(new Part(Kind.QUESTION, at < 0 ? asked : asked.substring(at)));
        parts.add(new Part(Kind.ANSWER, messages.get(last).get("content")));
        return new SampleText(source, messages, parts);
    }

    /**
     * The same as a prompt has it that is read for its question: each question in a sample of its own, and in front of
     * the user's first message too.
     */
    List<SampleText> questionsInFront() {
        long questions =
                parts.stream().filter(part -> part.kind() == Kind.QUESTION).count();
        if (questions == 0) {
            return List.of(this);
        }
        if (questions == 1) {
            return List.of(inFront());
        }
        List<SampleText> samples = new ArrayList<>();
        String context = parts.get(0).text();
        for (int i = 1; i < parts.size(); i += 2) {
            String question = parts.get(i).text();
            String answer = parts.get(i + 1).text();
            samples.add(of(source, context, List.of(question), List.of(answer)).inFront());
        }
        return samples;
    }

    /** A sample of one question. */
    private SampleText inFront() {
        String question = parts.stream()
                .filter(part -> part.kind() == Kind.QUESTION)
                .findFirst()
                .orElseThrow()
                .text();
        int first = 0;
        while (!messages.get(first).get("role").equals("user")) {
            first++;
        }
        List<Map<String, String>> changed = new ArrayList<>(messages);
        changed.set(
                first, message("user", question + "\n\n" + messages.get(first).get("content")));
        List<Part> all = new ArrayList<>(parts);
        // What comes before the user's first message is a part a message.
        all.add(first, new Part(Kind.QUESTION_IN_FRONT, question));
        return new SampleText(source, changed, all);
    }

    private static Map<String, String> message(String role, String content) {
        return Map.of("role", role, "content", content);
    }

    /** Whether any answer says nothing. */
    boolean hasEmptyAnswer() {
        return parts.stream()
                .anyMatch(part -> part.kind() == Kind.ANSWER && part.text().isEmpty());
    }
}
