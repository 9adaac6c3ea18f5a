package dev.locret.generate.grammar;

import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;

/** Makes frames and stacks, equal ones once. */
final class Stacks {
    /** A pair of stacks whose union is known. */
    private record Pair(Stack a, Stack b) {
        @Override
        public boolean equals(Object other) {
            return other instanceof Pair && a == ((Pair) other).a && b == ((Pair) other).b;
        }

        @Override
        public int hashCode() {
            return System.identityHashCode(a) * 31 + System.identityHashCode(b);
        }
    }

    /** The stack of a whole sentence: nothing may come but its end. */
    final Stack end;

    private final Map<Frame, Frame> frames = new HashMap<>();
    private final Map<Stack, Stack> stacks = new HashMap<>();
    private final Map<Pair, Stack> unions = new HashMap<>();

    Stacks() {
        end = stack(frame(Program.END, 0, null));
    }

    /** Frames and stacks held. */
    int size() {
        return frames.size() + stacks.size() + unions.size();
    }

    Frame frame(int node, int index, Stack next) {
        Frame made = new Frame(node, index, next);
        Frame known = frames.putIfAbsent(made, made);
        return known == null ? made : known;
    }

    /**
     * @param frames in order of their keys
     */
    Stack stack(Frame... frames) {
        Stack made = new Stack(frames);
        Stack known = stacks.putIfAbsent(made, made);
        return known == null ? made : known;
    }

    /** A frame on top of a stack. */
    Stack push(int node, int index, Stack next) {
        return stack(frame(node, index, next));
    }

    /** The alternatives of both. */
    Stack union(Stack a, Stack b) {
        if (a == b) {
            return a;
        }
        Pair pair = new Pair(a, b);
        Stack known = unions.get(pair);
        if (known == null) {
            known = merge(a.frames, b.frames);
            unions.put(pair, known);
        }
        return known;
    }

    private Stack merge(Frame[] a, Frame[] b) {
        Frame[] merged = new Frame[a.length + b.length];
        int count = 0;
        int i = 0;
        int j = 0;
        while (i < a.length || j < b.length) {
            if (j == b.length || i < a.length && a[i].key() < b[j].key()) {
                merged[count++] = a[i++];
            } else if (i == a.length || b[j].key() < a[i].key()) {
                merged[count++] = b[j++];
            } else {
                Frame same = a[i++];
                Frame other = b[j++];
                merged[count++] = same == other ? same : frame(same.node, same.index, union(same.next, other.next));
            }
        }
        return stack(Arrays.copyOf(merged, count));
    }
}
