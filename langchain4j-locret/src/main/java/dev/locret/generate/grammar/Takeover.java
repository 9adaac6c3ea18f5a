package dev.locret.generate.grammar;

import java.util.IdentityHashMap;
import java.util.Map;

/** Copies stacks of a round into the next one. */
final class Takeover {
    private final Stacks target;
    private final Map<Stack, Stack> done = new IdentityHashMap<>();

    Takeover(Stacks target) {
        this.target = target;
    }

    /** The equal stack of the target; as deep as the stack, which {@link Program#MAX_DEPTH} bounds. */
    Stack stack(Stack old) {
        Stack known = done.get(old);
        if (known == null) {
            Frame[] frames = new Frame[old.frames.length];
            for (int i = 0; i < frames.length; i++) {
                Frame frame = old.frames[i];
                frames[i] = target.frame(frame.node, frame.index, frame.next == null ? null : stack(frame.next));
            }
            known = target.stack(frames);
            done.put(old, known);
        }
        return known;
    }
}
