package dev.locret.generate.grammar;

import java.util.ArrayList;
import java.util.List;

/** A regular expression over characters, without anything that needs backtracking. */
sealed interface Regex {
    /** The empty text. */
    Regex EMPTY = new Concatenation(List.of());

    /** No text at all. */
    Regex NOTHING = new Alternation(List.of());

    /** One character of a set. */
    record Characters(CodePoints set) implements Regex {}

    /** One after the other. */
    record Concatenation(List<Regex> parts) implements Regex {}

    /** One of several. */
    record Alternation(List<Regex> options) implements Regex {}

    /**
     * Several times the same.
     *
     * @param max most times, {@link Node#UNBOUNDED} for no limit
     */
    record Repetition(Regex item, int min, int max) implements Regex {}

    /** Where the text begins, or else ends. */
    record Anchor(boolean begin) implements Regex {}

    static Regex sequence(Regex... parts) {
        return new Concatenation(List.of(parts));
    }

    static Regex choice(Regex... options) {
        return new Alternation(List.of(options));
    }

    static Regex optional(Regex item) {
        return new Repetition(item, 0, 1);
    }

    static Regex characters(int low, int high) {
        return new Characters(CodePoints.of(low, high));
    }

    static Regex literal(String text) {
        List<Regex> parts = new ArrayList<>();
        text.codePoints().forEach(c -> parts.add(characters(c, c)));
        return new Concatenation(parts);
    }
}
