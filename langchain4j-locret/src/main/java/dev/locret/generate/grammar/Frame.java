package dev.locret.generate.grammar;

/**
 * A place in a part of a grammar and what comes after it: the state of a terminal, the next part of a sequence, or the
 * items of a repetition. Frames are interned: equal ones are the same object.
 */
final class Frame {
    final int node;
    final int index;
    final Stack next;

    Frame(int node, int index, Stack next) {
        this.node = node;
        this.index = index;
        this.next = next;
    }

    /** Order and identity of places. */
    static long key(int node, int index) {
        return (long) node << 32 | index;
    }

    long key() {
        return key(node, index);
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof Frame
                && node == ((Frame) other).node
                && index == ((Frame) other).index
                && next == ((Frame) other).next;
    }

    @Override
    public int hashCode() {
        return (node * 31 + index) * 31 + System.identityHashCode(next);
    }
}
