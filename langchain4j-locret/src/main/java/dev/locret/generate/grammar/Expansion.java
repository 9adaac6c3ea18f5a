package dev.locret.generate.grammar;

import dev.locret.common.Checks;
import dev.locret.common.ErrorId;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Map;
import java.util.TreeMap;

/** Follows a set of places through all parts that read no byte, until only terminals and the end are left. */
final class Expansion {
    /** Most places at once; a grammar reaches this only by ambiguity without measure. */
    static final int MAX_PLACES = 50_000;

    private final Program program;
    private final Stacks stacks;
    private final Map<Long, Stack> places = new TreeMap<>();
    private final Deque<Long> work = new ArrayDeque<>();

    Expansion(Program program, Stacks stacks) {
        this.program = program;
        this.stacks = stacks;
    }

    /** Adds a place; one that is there already goes on with the alternatives of both. */
    void add(int node, int index, Stack next) {
        long key = Frame.key(node, index);
        boolean end = node == Program.END;
        Stack old = places.get(key);
        if (old == null && !(end && places.containsKey(key))) {
            Checks.check(
                    places.size() < MAX_PLACES,
                    ErrorId.GRAMMAR,
                    () -> "grammar: too ambiguous: places>" + MAX_PLACES + ", allowed=" + MAX_PLACES);
            places.put(key, next);
            work.add(key);
        } else if (!end) {
            Stack both = stacks.union(old, next);
            if (both != old) {
                places.put(key, both);
                work.add(key);
            }
        }
    }

    /** The terminals, and the end, that the places lead to. */
    Stack finish() {
        while (!work.isEmpty()) {
            long key = work.remove();
            expand((int) (key >> 32), (int) key, places.get(key));
        }
        return stacks.stack(places.entrySet().stream()
                .filter(e -> isLeaf((int) (e.getKey() >> 32), (int) (long) e.getKey()))
                .map(e -> stacks.frame((int) (e.getKey() >> 32), (int) (long) e.getKey(), e.getValue()))
                .toArray(Frame[]::new));
    }

    private boolean isLeaf(int node, int index) {
        return program.kinds[node] == Program.END
                || program.kinds[node] == Program.TERMINAL && program.terminals[node].continues(index);
    }

    private void expand(int node, int index, Stack next) {
        int[] children = program.children[node];
        switch (program.kinds[node]) {
            case Program.TERMINAL:
                if (program.terminals[node].accepts(index)) {
                    pop(next);
                }
                break;
            case Program.SEQUENCE:
                if (children.length == 0) {
                    pop(next);
                } else {
                    boolean last = index + 1 == children.length;
                    add(children[index], 0, last ? next : stacks.push(node, index + 1, next));
                }
                break;
            case Program.CHOICE:
            case Program.REFERENCE:
                for (int child : children) {
                    if (program.fits(child, next.depth)) {
                        add(child, 0, next);
                    }
                }
                break;
            case Program.REPEAT:
                repeat(node, index, next);
                break;
            default:
                break;
        }
    }

    private void repeat(int node, int count, Stack next) {
        int item = program.children[node][0];
        int min = program.min[node];
        int max = program.max[node];
        if (count >= min) {
            pop(next);
        }
        if (count < max && program.fits(item, next.depth + 1)) {
            // Without an upper limit, all counts from the lower one on are the same place.
            int after = max == Node.UNBOUNDED ? Math.min(count + 1, min) : count + 1;
            add(item, 0, stacks.push(node, after, next));
        }
    }

    private void pop(Stack stack) {
        for (Frame frame : stack.frames) {
            add(frame.node, frame.index, frame.next);
        }
    }
}
