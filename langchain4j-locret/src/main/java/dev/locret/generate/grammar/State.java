package dev.locret.generate.grammar;

/** A state of an {@link Automaton}: all places where a sentence can stand after the bytes read so far. */
final class State {
    /** The terminals that may go on, and the end. */
    final Stack places;

    /** The automaton's round in which it was made; see {@link Automaton}. */
    final int round;

    /** Next states by class of byte; null where not known yet. */
    final State[] next;

    /** Allowed tokens, null where not known yet. */
    long[] mask;

    State(Stack places, int round, int classes) {
        this.places = places;
        this.round = round;
        this.next = new State[classes];
    }

    /** Whether what was read is a sentence. */
    boolean complete() {
        return places.frames.length > 0 && places.frames[0].node == Program.END;
    }

    /** Whether no sentence begins with what was read. */
    boolean dead() {
        return places.frames.length == 0;
    }
}
