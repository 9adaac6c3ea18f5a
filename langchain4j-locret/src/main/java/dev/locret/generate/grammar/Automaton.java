package dev.locret.generate.grammar;

import dev.locret.common.Checks;
import dev.locret.common.ErrorId;
import java.util.HashMap;
import java.util.Map;

/**
 * The automaton of a grammar over the tokens of a vocabulary. Its states are made when they are first met, and kept with
 * their masks for all answers that follow the same grammar. When there are too many it starts a new round: it forgets
 * all and takes over, frame by frame, only the states that answers under way still stand in.
 *
 * <p>Safe for several threads.
 */
final class Automaton {
    /** Most interned objects of a round, of about 100 bytes each. */
    private static final int MAX_OBJECTS = 500_000;

    /** Most bytes of masks, states and transitions of a round. */
    private static final long MAX_BYTES = 32 << 20;

    /** One call may not start a new round, and fails if it alone makes several rounds' worth. */
    private static final long MOST_IN_A_CALL = 4;

    private final Program program;
    private final TokenVocabulary vocabulary;
    private final MaskBuilder masks;
    private final Map<Stack, State> states = new HashMap<>();

    private Stacks stacks;
    private State dead;
    private int round;
    private long bytes;

    Automaton(Program program, TokenVocabulary vocabulary) {
        this.program = program;
        this.vocabulary = vocabulary;
        this.masks = new MaskBuilder(this, program, vocabulary);
        forget();
    }

    TokenVocabulary vocabulary() {
        return vocabulary;
    }

    private void forget() {
        states.clear();
        stacks = new Stacks();
        bytes = 0;
        round++;
        dead = state(stacks.stack());
    }

    /** The state before the first byte. */
    synchronized State start() {
        Expansion expansion = new Expansion(program, stacks);
        expansion.add(1, 0, stacks.end);
        return state(expansion.finish());
    }

    /** The state after some bytes, dead if no sentence goes on with them. */
    synchronized State advance(State from, byte[] token) {
        State state = current(from);
        for (byte b : token) {
            state = step(state, b & 0xff);
        }
        return state;
    }

    /** The tokens that may follow, end tokens not among them; shared. */
    synchronized long[] mask(State of) {
        State state = current(of);
        if (state.mask == null) {
            state.mask = masks.build(state);
            bytes += 8L * state.mask.length;
        }
        return state.mask;
    }

    private long objects() {
        return (long) states.size() + stacks.size();
    }

    /** The state of this round for a state of any round. */
    private State current(State state) {
        if (objects() > MAX_OBJECTS || bytes > MAX_BYTES) {
            forget();
        }
        return state.round == round ? state : state(new Takeover(stacks).stack(state.places));
    }

    /** The state after a byte; called with the lock held, on states of this round. */
    State step(State state, int value) {
        int column = program.classOf[value];
        State next = state.next[column];
        if (next == null) {
            next = compute(state, program.representatives[column]);
            state.next[column] = next;
        }
        return next;
    }

    private State compute(State state, int value) {
        Checks.check(
                objects() <= MOST_IN_A_CALL * MAX_OBJECTS && bytes <= MOST_IN_A_CALL * MAX_BYTES,
                ErrorId.GRAMMAR,
                () -> "grammar: too complex: states=" + states.size() + ", bytes=" + bytes + ", allowed="
                        + MOST_IN_A_CALL * MAX_BYTES);
        Expansion expansion = null;
        for (Frame frame : state.places.frames) {
            int after = frame.node == Program.END ? -1 : program.terminals[frame.node].step(frame.index, value);
            if (after >= 0) {
                expansion = expansion == null ? new Expansion(program, stacks) : expansion;
                expansion.add(frame.node, after, frame.next);
            }
        }
        return expansion == null ? dead : state(expansion.finish());
    }

    /** The state with some of a state's places; called with the lock held. */
    State only(Frame[] places) {
        return state(stacks.stack(places));
    }

    private State state(Stack places) {
        State known = states.get(places);
        if (known == null) {
            known = new State(places, round, program.representatives.length);
            states.put(places, known);
            bytes += 64 + 4L * known.next.length + 8L * places.frames.length;
        }
        return known;
    }
}
