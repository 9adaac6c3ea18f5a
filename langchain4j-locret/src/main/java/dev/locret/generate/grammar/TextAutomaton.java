package dev.locret.generate.grammar;

import dev.locret.common.Checks;
import dev.locret.common.ErrorId;
import dev.locret.generate.grammar.ByteTable.Path;
import dev.locret.generate.grammar.ByteTable.Range;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * A deterministic automaton over characters, which starts in state 0.
 *
 * @param edges by state, ascending and disjoint
 * @param accepting states whose text belongs to the language
 */
record TextAutomaton(List<List<Edge>> edges, BitSet accepting) {
    /** Most states; a pattern that needs more is refused. */
    static final int MAX_STATES = 10_000;

    /** Most edges of all states together. */
    private static final int MAX_EDGES = 1_000_000;

    /** Characters {@code low..high} lead to {@code target}. */
    record Edge(int low, int high, int target) {}

    /** Texts of {@code min} to {@code max} characters; {@link Node#UNBOUNDED} for no limit. */
    static TextAutomaton ofLength(int min, int max) {
        boolean open = max == Node.UNBOUNDED;
        int last = open ? min : max;
        requireStates(last + 1L);
        List<List<Edge>> edges = new ArrayList<>();
        for (int count = 0; count <= last; count++) {
            boolean stays = open && count == last;
            edges.add(count == last && !open ? List.of() : all(stays ? count : count + 1));
        }
        BitSet accepting = new BitSet();
        accepting.set(min, last + 1);
        return new TextAutomaton(edges, accepting);
    }

    /** Every text but these. */
    static TextAutomaton allBut(Iterable<String> texts) {
        List<TreeMap<Integer, Integer>> trie = new ArrayList<>();
        TreeSet<Integer> excluded = new TreeSet<>();
        trie.add(new TreeMap<>());
        for (String text : texts) {
            int state = 0;
            for (int c : text.codePoints().toArray()) {
                Integer next = trie.get(state).get(c);
                if (next == null) {
                    next = trie.size();
                    requireStates(next + 1L);
                    trie.get(state).put(c, next);
                    trie.add(new TreeMap<>());
                }
                state = next;
            }
            excluded.add(state);
        }
        int free = trie.size();
        List<List<Edge>> edges = new ArrayList<>();
        for (TreeMap<Integer, Integer> children : trie) {
            List<Edge> out = new ArrayList<>();
            int from = 0;
            for (Map.Entry<Integer, Integer> child : children.entrySet()) {
                if (child.getKey() > from) {
                    out.add(new Edge(from, child.getKey() - 1, free));
                }
                out.add(new Edge(child.getKey(), child.getKey(), child.getValue()));
                from = child.getKey() + 1;
            }
            out.add(new Edge(from, Character.MAX_CODE_POINT, free));
            edges.add(out);
        }
        edges.add(all(free));
        BitSet accepting = new BitSet();
        accepting.set(0, free + 1);
        excluded.forEach(accepting::clear);
        return new TextAutomaton(edges, accepting);
    }

    private static List<Edge> all(int target) {
        return List.of(new Edge(0, Character.MAX_CODE_POINT, target));
    }

    static void requireStates(long states) {
        Checks.check(
                states <= MAX_STATES,
                ErrorId.GRAMMAR,
                () -> "pattern: automaton is too large: states>" + (states - 1) + ", allowed=" + MAX_STATES);
    }

    /** The texts that both accept. */
    TextAutomaton intersect(TextAutomaton other, Budget budget) {
        Map<Long, Integer> numbers = new HashMap<>();
        List<Long> pairs = new ArrayList<>();
        List<List<Edge>> out = new ArrayList<>();
        BitSet both = new BitSet();
        numbers.put(0L, 0);
        pairs.add(0L);
        long count = 0;
        for (int state = 0; state < pairs.size(); state++) {
            int a = (int) (pairs.get(state) >> 32);
            int b = (int) (long) pairs.get(state);
            List<Edge> mine = new ArrayList<>();
            for (int i = 0, j = 0;
                    i < edges.get(a).size() && j < other.edges.get(b).size(); ) {
                Edge x = edges.get(a).get(i);
                Edge y = other.edges.get(b).get(j);
                int low = Math.max(x.low(), y.low());
                int high = Math.min(x.high(), y.high());
                if (low <= high) {
                    long pair = (long) x.target() << 32 | y.target();
                    Integer target = numbers.putIfAbsent(pair, pairs.size());
                    if (target == null) {
                        target = pairs.size();
                        requireStates(target + 1L);
                        pairs.add(pair);
                    }
                    mine.add(new Edge(low, high, target));
                }
                if (x.high() < y.high()) {
                    i++;
                } else {
                    j++;
                }
            }
            count += mine.size();
            budget.spend(10 + edges.get(a).size() + other.edges.get(b).size());
            requireEdges(count);
            out.add(mine);
            both.set(state, accepting.get(a) && other.accepting.get(b));
        }
        return new TextAutomaton(out, both);
    }

    static void requireEdges(long edges) {
        Checks.check(
                edges <= MAX_EDGES,
                ErrorId.GRAMMAR,
                () -> "pattern: automaton is too large: edges>" + MAX_EDGES + ", allowed=" + MAX_EDGES);
    }

    boolean accepts(String text) {
        int state = 0;
        for (int c : text.codePoints().toArray()) {
            int from = state;
            state = edges.get(from).stream()
                    .filter(e -> e.low() <= c && c <= e.high())
                    .mapToInt(Edge::target)
                    .findFirst()
                    .orElse(-1);
            if (state < 0) {
                return false;
            }
        }
        return accepting.get(state);
    }

    /** The texts as they are, in UTF-8. */
    Node bare(Budget budget) {
        ByteTable.Builder builder = new ByteTable.Builder(edges.size());
        for (int state = 0; state < edges.size(); state++) {
            List<Path> paths = new ArrayList<>();
            for (Edge edge : edges.get(state)) {
                Utf8Paths.add(edge.low(), edge.high(), edge.target(), paths);
            }
            // A row of a table has 256 columns.
            budget.spend(256 + 10L * paths.size());
            builder.addPaths(state, paths);
        }
        accepting.stream().forEach(builder::accept);
        return terminal(builder);
    }

    /** The texts as JSON strings in canonical form, quotes around them. */
    Node quoted(Budget budget) {
        int end = edges.size() + 1;
        ByteTable.Builder builder = new ByteTable.Builder(edges.size() + 2);
        builder.set(0, '"', '"', 1);
        builder.accept(end);
        for (int state = 0; state < edges.size(); state++) {
            List<Path> paths = new ArrayList<>();
            for (Edge edge : edges.get(state)) {
                addQuoted(edge.low(), edge.high(), edge.target() + 1, paths);
            }
            if (accepting.get(state)) {
                paths.add(new Path(List.of(new Range('"', '"')), end));
            }
            budget.spend(256 + 10L * paths.size());
            builder.addPaths(state + 1, paths);
        }
        return terminal(builder);
    }

    private static Node terminal(ByteTable.Builder builder) {
        ByteTable table = builder.build();
        return table.continues(0) || table.accepts(0) ? new Node.Terminal(table) : Node.NOTHING;
    }

    private static void addQuoted(int low, int high, int target, List<Path> paths) {
        int from = low;
        for (int c = low; c <= Math.min(high, '\\'); c++) {
            if (!JsonText.mayBePlain(c)) {
                if (c > from) {
                    Utf8Paths.add(from, c - 1, target, paths);
                }
                List<Range> bytes = new ArrayList<>();
                for (byte b : JsonText.escape(c).getBytes(StandardCharsets.US_ASCII)) {
                    bytes.add(new Range(b, b));
                }
                paths.add(new Path(bytes, target));
                from = c + 1;
            }
        }
        if (from <= high) {
            Utf8Paths.add(from, high, target, paths);
        }
    }
}
