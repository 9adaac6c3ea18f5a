package dev.locret.generate.grammar;

import java.util.Arrays;

/**
 * What may come after some place: alternatives, each a frame on top of the alternatives below it. Stacks that differ in
 * their tops only share the rest, and alternatives at the same place are one frame, so that ambiguity costs no more than
 * the grammar has places. Interned: equal ones are the same object.
 */
final class Stack {
    /** In order of their keys, which are distinct. */
    final Frame[] frames;

    /** Most frames on top of each other. */
    final int depth;

    private final int hash;

    Stack(Frame[] frames) {
        this.frames = frames;
        int deepest = 0;
        int sum = 1;
        for (Frame frame : frames) {
            deepest = Math.max(deepest, frame.next == null ? 0 : frame.next.depth + 1);
            sum = sum * 31 + System.identityHashCode(frame);
        }
        depth = deepest;
        hash = sum;
    }

    @Override
    public boolean equals(Object other) {
        if (!(other instanceof Stack) || ((Stack) other).frames.length != frames.length) {
            return false;
        }
        for (int i = 0; i < frames.length; i++) {
            if (frames[i] != ((Stack) other).frames[i]) {
                return false;
            }
        }
        return true;
    }

    @Override
    public int hashCode() {
        return hash;
    }

    @Override
    public String toString() {
        return Arrays.toString(frames);
    }
}
