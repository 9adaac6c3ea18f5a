package dev.locret.generate.grammar;

import dev.locret.common.ErrorId;
import dev.locret.common.LocretException;
import java.util.ArrayDeque;
import java.util.Deque;

/** Refuses grammars whose expansion would not end: a part that begins with itself, or that repeats nothing. */
final class LeftRecursion {
    private static final byte NEW = 0;
    private static final byte OPEN = 1;
    private static final byte DONE = 2;

    private final Program program;

    LeftRecursion(Program program) {
        this.program = program;
    }

    /**
     * @throws LocretException ({@code grammar}) if there is such a part
     */
    void check() {
        byte[] marks = new byte[program.kinds.length];
        int[] positions = new int[program.kinds.length];
        for (int start = 1; start < marks.length; start++) {
            Deque<Integer> path = new ArrayDeque<>();
            if (marks[start] == NEW) {
                path.push(start);
                marks[start] = OPEN;
            }
            while (!path.isEmpty()) {
                int node = path.peek();
                int child = nextBeginning(node, positions);
                if (child < 0) {
                    marks[node] = DONE;
                    path.pop();
                } else if (marks[child] == OPEN) {
                    throw new LocretException(
                            ErrorId.GRAMMAR, "grammar: refers to itself without progress: a part begins with itself");
                } else if (marks[child] == NEW) {
                    marks[child] = OPEN;
                    path.push(child);
                }
            }
        }
    }

    /** The next part with which {@code node} can begin, or -1. */
    private int nextBeginning(int node, int[] positions) {
        int[] children = program.children[node];
        int at = positions[node]++;
        if (at >= children.length) {
            return -1;
        }
        if (program.kinds[node] == Program.SEQUENCE && at > 0 && !program.nullable[children[at - 1]]) {
            positions[node] = children.length;
            return -1;
        }
        if (program.kinds[node] == Program.REPEAT && program.nullable[children[at]]) {
            throw new LocretException(ErrorId.GRAMMAR, "grammar: repeats nothing: an item that may be empty");
        }
        return children[at];
    }
}
