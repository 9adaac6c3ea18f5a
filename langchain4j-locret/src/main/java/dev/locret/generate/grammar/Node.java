package dev.locret.generate.grammar;

import java.nio.charset.StandardCharsets;
import java.util.List;

/** A part of a grammar. Parts form a graph: a {@link Reference} may lead back to a part that contains it. */
sealed interface Node {
    /** Stands for no limit in {@link Repeat#max()}. */
    int UNBOUNDED = Integer.MAX_VALUE;

    /** The empty sentence. */
    Node EMPTY = new Sequence(List.of());

    /** No sentence at all. */
    Node NOTHING = new Choice(List.of());

    /** A regular language. */
    record Terminal(ByteAutomaton automaton) implements Node {}

    /** One part after the other. */
    record Sequence(List<Node> parts) implements Node {}

    /** One of several. */
    record Choice(List<Node> options) implements Node {}

    /**
     * The same part several times.
     *
     * @param item has no empty sentence
     * @param max most times, {@link #UNBOUNDED} for no limit
     */
    record Repeat(Node item, int min, int max) implements Node {}

    /** Another part, set once that part is made. */
    final class Reference implements Node {
        Node target;
    }

    static Node sequence(Node... parts) {
        return new Sequence(List.of(parts));
    }

    static Node choice(Node... options) {
        return new Choice(List.of(options));
    }

    static Node literal(String text) {
        return new Terminal(ByteAutomaton.literal(text.getBytes(StandardCharsets.UTF_8)));
    }

    /** {@code min} to {@code max} items with separators between them. */
    static Node separated(Node item, Node separator, int min, int max) {
        if (max == 0 || min > max) {
            return min == 0 ? EMPTY : NOTHING;
        }
        int more = max == UNBOUNDED ? UNBOUNDED : max - 1;
        Node some = sequence(item, new Repeat(sequence(separator, item), Math.max(0, min - 1), more));
        return min == 0 ? choice(EMPTY, some) : some;
    }
}
