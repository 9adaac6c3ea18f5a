package dev.locret.generate.grammar;

import dev.locret.common.Checks;
import dev.locret.common.ErrorId;
import dev.locret.generate.grammar.TextAutomaton.Edge;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;

/**
 * Turns a regular expression into a deterministic automaton, by Thompson's construction and the construction of subsets,
 * both within limits.
 */
final class RegexCompiler {
    private static final int MAX_PLACES = 20_000;

    /** Free moves by place: always, at the beginning of the text only, at its end only. */
    private final List<List<Integer>> free = new ArrayList<>();

    private final List<List<Integer>> atBegin = new ArrayList<>();
    private final List<List<Integer>> atEnd = new ArrayList<>();
    /** Number of the set that a place reads, -1 if it reads nothing. */
    private final List<Integer> sets = new ArrayList<>();

    private final List<Integer> targets = new ArrayList<>();
    private final Map<CodePoints, Integer> alphabet = new LinkedHashMap<>();

    /** Numbers of the sets that hold the characters of a class, by class. */
    private final List<BitSet> classes = new ArrayList<>();

    private final Budget budget;

    private RegexCompiler(Budget budget) {
        this.budget = budget;
    }

    /** Texts that match from beginning to end. */
    static TextAutomaton whole(Regex regex, Budget budget) {
        RegexCompiler compiler = new RegexCompiler(budget);
        int last = compiler.place();
        return compiler.determinize(compiler.add(regex, last), last);
    }

    /** Texts with a match somewhere in them, as JSON Schema's {@code pattern}. */
    static TextAutomaton search(Regex regex, Budget budget) {
        Regex any = new Regex.Repetition(new Regex.Characters(CodePoints.ALL), 0, Node.UNBOUNDED);
        return whole(Regex.sequence(any, regex, any), budget);
    }

    private int place() {
        budget.spend(1);
        Checks.check(
                free.size() < MAX_PLACES,
                ErrorId.GRAMMAR,
                () -> "pattern: too large: places>" + MAX_PLACES + ", allowed=" + MAX_PLACES);
        free.add(new ArrayList<>(2));
        atBegin.add(List.of());
        atEnd.add(List.of());
        sets.add(-1);
        targets.add(-1);
        return free.size() - 1;
    }

    /** Adds places for an expression that goes on at {@code next}; returns the first of them. */
    private int add(Regex regex, int next) {
        if (regex instanceof Regex.Characters) {
            int place = place();
            CodePoints set = ((Regex.Characters) regex).set();
            alphabet.putIfAbsent(set, alphabet.size());
            sets.set(place, alphabet.get(set));
            targets.set(place, next);
            return place;
        }
        if (regex instanceof Regex.Concatenation) {
            List<Regex> parts = ((Regex.Concatenation) regex).parts();
            int first = next;
            for (int i = parts.size() - 1; i >= 0; i--) {
                first = add(parts.get(i), first);
            }
            return first;
        }
        int place = place();
        if (regex instanceof Regex.Alternation) {
            for (Regex option : ((Regex.Alternation) regex).options()) {
                free.get(place).add(add(option, next));
            }
        } else if (regex instanceof Regex.Repetition) {
            free.get(place).add(repeat((Regex.Repetition) regex, next));
        } else {
            (((Regex.Anchor) regex).begin() ? atBegin : atEnd).set(place, List.of(next));
        }
        return place;
    }

    private int repeat(Regex.Repetition repetition, int next) {
        int first = next;
        if (repetition.max() == Node.UNBOUNDED) {
            first = place();
            free.get(first).add(add(repetition.item(), first));
            free.get(first).add(next);
        } else {
            for (int i = repetition.min(); i < repetition.max(); i++) {
                int optional = place();
                free.get(optional).add(add(repetition.item(), first));
                free.get(optional).add(next);
                first = optional;
            }
        }
        for (int i = 0; i < repetition.min(); i++) {
            first = add(repetition.item(), first);
        }
        return first;
    }

    private TextAutomaton determinize(int first, int last) {
        List<int[]> intervals = new ArrayList<>();
        int[] classOf = intervals(intervals);
        Map<BitSet, Integer> numbers = new HashMap<>();
        List<BitSet> subsets = new ArrayList<>();
        List<List<Edge>> edges = new ArrayList<>();
        BitSet accepting = new BitSet();
        // Not among the numbers: the same places later in a text are not at its beginning.
        subsets.add(close(List.of(first), true, false));
        long edgeCount = 0;
        for (int state = 0; state < subsets.size(); state++) {
            BitSet subset = subsets.get(state);
            accepting.set(state, isAccepting(subset, state == 0, last));
            int[] next = new int[classes.size()];
            for (int c = 0; c < next.length; c++) {
                BitSet after = close(moves(subset, classes.get(c)), false, false);
                Integer number = after.isEmpty() ? Integer.valueOf(-1) : numbers.get(after);
                if (number == null) {
                    number = subsets.size();
                    TextAutomaton.requireStates(number + 1L);
                    numbers.put(after, number);
                    subsets.add(after);
                }
                next[c] = number;
            }
            edges.add(edges(intervals, classOf, next));
            budget.spend(intervals.size());
            edgeCount += edges.get(state).size();
            TextAutomaton.requireEdges(edgeCount);
        }
        return new TextAutomaton(edges, accepting);
    }

    /** Cuts the characters where a set begins or ends; returns a class for each interval, the same for equal ones. */
    private int[] intervals(List<int[]> out) {
        TreeSet<Integer> cuts = new TreeSet<>();
        for (CodePoints set : alphabet.keySet()) {
            int[] bounds = set.bounds();
            for (int i = 0; i < bounds.length; i += 2) {
                cuts.add(bounds[i]);
                cuts.add(bounds[i + 1] + 1);
            }
        }
        List<Integer> classOf = new ArrayList<>();
        Map<BitSet, Integer> known = new HashMap<>();
        Integer from = null;
        for (Integer cut : cuts) {
            if (from != null) {
                BitSet members = new BitSet();
                for (Map.Entry<CodePoints, Integer> set : alphabet.entrySet()) {
                    members.set(set.getValue(), set.getKey().contains(from));
                }
                if (!members.isEmpty()) {
                    out.add(new int[] {from, cut - 1});
                    if (known.putIfAbsent(members, known.size()) == null) {
                        classes.add(members);
                    }
                    classOf.add(known.get(members));
                }
            }
            from = cut;
        }
        return classOf.stream().mapToInt(Integer::intValue).toArray();
    }

    private static List<Edge> edges(List<int[]> intervals, int[] classOf, int[] next) {
        List<Edge> edges = new ArrayList<>();
        for (int i = 0; i < classOf.length; i++) {
            int target = next[classOf[i]];
            int low = intervals.get(i)[0];
            Edge before = edges.isEmpty() ? null : edges.get(edges.size() - 1);
            if (target >= 0 && before != null && before.target() == target && before.high() + 1 == low) {
                edges.set(edges.size() - 1, new Edge(before.low(), intervals.get(i)[1], target));
            } else if (target >= 0) {
                edges.add(new Edge(low, intervals.get(i)[1], target));
            }
        }
        return edges;
    }

    private List<Integer> moves(BitSet subset, BitSet characters) {
        List<Integer> moved = new ArrayList<>();
        for (int place = subset.nextSetBit(0); place >= 0; place = subset.nextSetBit(place + 1)) {
            budget.spend(1);
            if (sets.get(place) >= 0 && characters.get(sets.get(place))) {
                moved.add(targets.get(place));
            }
        }
        return moved;
    }

    private boolean isAccepting(BitSet subset, boolean begin, int last) {
        return close(subset.stream().boxed().toList(), begin, true).get(last);
    }

    private BitSet close(List<Integer> places, boolean begin, boolean end) {
        BitSet closed = new BitSet();
        List<Integer> open = new ArrayList<>(places);
        while (!open.isEmpty()) {
            int place = open.remove(open.size() - 1);
            budget.spend(1);
            if (!closed.get(place)) {
                closed.set(place);
                open.addAll(free.get(place));
                if (begin) {
                    open.addAll(atBegin.get(place));
                }
                if (end) {
                    open.addAll(atEnd.get(place));
                }
            }
        }
        return closed;
    }
}
