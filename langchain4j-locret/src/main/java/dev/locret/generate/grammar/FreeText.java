package dev.locret.generate.grammar;

import dev.locret.common.Checks;
import dev.locret.generate.grammar.TextAutomaton.Edge;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** Free text, in which a mark is looked for as it comes (Knuth, Morris, Pratt). */
final class FreeText {
    private FreeText() {}

    /** Texts without the mark; the beginning of a mark at their end is text too. */
    static Node without(String mark) {
        int[] characters = characters(mark);
        List<List<Edge>> edges = edges(characters);
        edges.remove(characters.length);
        // The last character of the mark would lead to the state that is no more.
        edges.replaceAll(list ->
                list.stream().filter(edge -> edge.target() < characters.length).toList());
        BitSet accepting = new BitSet();
        accepting.set(0, characters.length);
        return new TextAutomaton(edges, accepting).bare();
    }

    /** Texts that end with the mark and have it nowhere else. */
    static Node until(String mark) {
        int[] characters = characters(mark);
        BitSet accepting = new BitSet();
        accepting.set(characters.length);
        return new TextAutomaton(edges(characters), accepting).bare();
    }

    private static int[] characters(String mark) {
        Checks.argument(mark != null && !mark.isEmpty(), () -> "mark is empty: mark=" + mark);
        return StringRules.wellFormed(mark, "mark").codePoints().toArray();
    }

    /** Edges by how much of the mark has just been read; none after all of it. */
    private static List<List<Edge>> edges(int[] mark) {
        List<List<Edge>> edges = new ArrayList<>();
        for (int read = 0; read < mark.length; read++) {
            TreeMap<Integer, Integer> targets = new TreeMap<>();
            for (int character : mark) {
                targets.put(character, longest(mark, read, character));
            }
            List<Edge> out = new ArrayList<>();
            int from = 0;
            for (Map.Entry<Integer, Integer> target : targets.entrySet()) {
                int character = target.getKey();
                if (character > from) {
                    out.add(new Edge(from, character - 1, 0));
                }
                out.add(new Edge(character, character, target.getValue()));
                from = character + 1;
            }
            out.add(new Edge(from, Character.MAX_CODE_POINT, 0));
            edges.add(out);
        }
        edges.add(List.of());
        return edges;
    }

    /** How much of the mark's beginning ends what was read of it, and one more character. */
    private static int longest(int[] mark, int read, int character) {
        for (int length = read + 1; length > 0; length--) {
            boolean fits = mark[length - 1] == character;
            for (int i = 0; fits && i < length - 1; i++) {
                fits = mark[i] == mark[read - length + 1 + i];
            }
            if (fits) {
                return length;
            }
        }
        return 0;
    }
}
