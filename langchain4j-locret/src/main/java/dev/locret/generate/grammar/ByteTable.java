package dev.locret.generate.grammar;

import dev.locret.common.Checks;
import dev.locret.common.ErrorId;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** A deterministic automaton over bytes as a table, with one column for each class of bytes. */
final class ByteTable implements ByteAutomaton {
    /** Most states of one table; the largest pattern admitted stays below. */
    static final int MAX_STATES = 50_000;

    private final int[] classOf;
    private final int columns;
    private final int[] targets;
    private final BitSet accepting;

    private ByteTable(int[] classOf, int columns, int[] targets, BitSet accepting) {
        this.classOf = classOf;
        this.columns = columns;
        this.targets = targets;
        this.accepting = accepting;
    }

    /** The language of some byte strings. */
    static ByteTable ofStrings(List<byte[]> strings) {
        Builder builder = new Builder(1);
        List<Map<Integer, Integer>> next = new ArrayList<>();
        next.add(new HashMap<>());
        for (byte[] string : strings) {
            int state = 0;
            for (byte b : string) {
                int value = b & 0xff;
                Integer target = next.get(state).get(value);
                if (target == null) {
                    target = builder.addState();
                    next.add(new HashMap<>());
                    next.get(state).put(value, target);
                    builder.set(state, value, value, target);
                }
                state = target;
            }
            builder.accept(state);
        }
        return builder.build();
    }

    @Override
    public int step(int state, int value) {
        return targets[state * columns + classOf[value]];
    }

    @Override
    public boolean accepts(int state) {
        return accepting.get(state);
    }

    @Override
    public boolean continues(int state) {
        for (int i = state * columns; i < (state + 1) * columns; i++) {
            if (targets[i] >= 0) {
                return true;
            }
        }
        return false;
    }

    @Override
    public int[] classes() {
        return classOf.clone();
    }

    int states() {
        return targets.length / columns;
    }

    /** Bytes {@code low..high}. */
    record Range(int low, int high) {}

    /** Byte strings with a byte of each range in turn, after which the automaton is in {@code target}. */
    record Path(List<Range> ranges, int target) {}

    /** Collects rows of a table. */
    static final class Builder {
        private final List<int[]> rows = new ArrayList<>();
        private final BitSet accepting = new BitSet();
        private final Map<List<Integer>, Integer> inner = new HashMap<>();

        /**
         * @param states states 0 to {@code states - 1}, which the caller fills
         */
        Builder(int states) {
            for (int i = 0; i < states; i++) {
                addState();
            }
        }

        int addState() {
            Checks.check(
                    rows.size() < MAX_STATES,
                    ErrorId.GRAMMAR,
                    () -> "grammar: automaton of a text is too large: states=" + (MAX_STATES + 1) + ", allowed="
                            + MAX_STATES);
            int[] row = new int[256];
            Arrays.fill(row, -1);
            rows.add(row);
            return rows.size() - 1;
        }

        void accept(int state) {
            accepting.set(state);
        }

        void set(int state, int low, int high, int target) {
            Arrays.fill(rows.get(state), low, high + 1, target);
        }

        /**
         * Lets paths begin at a state. Ranges at the same place of two paths with the same beginning are equal or
         * disjoint, and no path is the beginning of another.
         */
        void addPaths(int state, List<Path> paths) {
            fill(state, paths, 0);
        }

        private void fill(int state, List<Path> paths, int depth) {
            Map<Integer, List<Path>> byFirst = new TreeMap<>();
            for (Path path : paths) {
                Range range = path.ranges().get(depth);
                byFirst.computeIfAbsent(range.low() << 8 | range.high(), k -> new ArrayList<>())
                        .add(path);
            }
            byFirst.forEach((range, group) -> set(state, range >> 8, range & 0xff, follow(group, depth + 1)));
        }

        /** The state after {@code depth} ranges of paths that share them; equal ones are made once. */
        private int follow(List<Path> paths, int depth) {
            if (paths.get(0).ranges().size() == depth) {
                return paths.get(0).target();
            }
            List<Integer> key = new ArrayList<>();
            for (Path path : paths) {
                for (Range range : path.ranges().subList(depth, path.ranges().size())) {
                    key.add(range.low() << 8 | range.high());
                }
                key.add(-1 - path.target());
            }
            Integer known = inner.get(key);
            if (known == null) {
                known = addState();
                inner.put(key, known);
                fill(known, paths, depth);
            }
            return known;
        }

        /** The table; what does not lead to an accepting state is left out. */
        ByteTable build() {
            prune();
            ByteClasses classes = new ByteClasses();
            rows.forEach(classes::refine);
            int[] classOf = classes.classOf();
            int columns = classes.count();
            int[] targets = new int[Math.multiplyExact(rows.size(), columns)];
            for (int state = 0; state < rows.size(); state++) {
                for (int value = 0; value < 256; value++) {
                    targets[state * columns + classOf[value]] = rows.get(state)[value];
                }
            }
            return new ByteTable(classOf, columns, targets, accepting);
        }

        private void prune() {
            List<List<Integer>> sources = new ArrayList<>();
            for (int i = 0; i < rows.size(); i++) {
                sources.add(new ArrayList<>());
            }
            for (int state = 0; state < rows.size(); state++) {
                int last = -1;
                for (int target : rows.get(state)) {
                    if (target >= 0 && target != last) {
                        sources.get(target).add(state);
                        last = target;
                    }
                }
            }
            BitSet live = (BitSet) accepting.clone();
            List<Integer> work = new ArrayList<>(live.stream().boxed().toList());
            while (!work.isEmpty()) {
                for (int source : sources.get(work.remove(work.size() - 1))) {
                    if (!live.get(source)) {
                        live.set(source);
                        work.add(source);
                    }
                }
            }
            for (int[] row : rows) {
                Arrays.setAll(row, value -> row[value] >= 0 && live.get(row[value]) ? row[value] : -1);
            }
        }
    }
}
