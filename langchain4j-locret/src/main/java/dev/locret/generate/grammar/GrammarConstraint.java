package dev.locret.generate.grammar;

import dev.locret.common.Checks;
import dev.locret.common.ErrorId;
import dev.locret.common.LocretException;
import dev.locret.generate.TokenConstraint;

/** One answer that is held to a grammar. */
final class GrammarConstraint implements TokenConstraint {
    private final Automaton automaton;
    private State state;
    private long[] allowed;
    private boolean ended;

    /**
     * @param state where the answer goes on
     */
    GrammarConstraint(Automaton automaton, State state) {
        this.automaton = automaton;
        this.state = state;
    }

    @Override
    public long[] allowed() {
        if (allowed == null) {
            allowed = ended ? new long[0] : withEnds(automaton.mask(state));
        }
        return allowed;
    }

    private long[] withEnds(long[] mask) {
        if (!state.complete()) {
            Checks.check(
                    !isEmpty(mask),
                    ErrorId.GRAMMAR,
                    () -> "grammar: no token of the vocabulary can go on: vocabulary="
                            + automaton.vocabulary().size());
            return mask;
        }
        long[] copy = mask.clone();
        automaton.vocabulary().addEnds(copy);
        return copy;
    }

    private static boolean isEmpty(long[] mask) {
        for (long word : mask) {
            if (word != 0) {
                return false;
            }
        }
        return true;
    }

    @Override
    public void accept(int token) {
        Checks.inRange("token", token, 0, automaton.vocabulary().size() - 1);
        if (automaton.vocabulary().isEnd(token)) {
            if (ended || !complete()) {
                throw notAllowed(token);
            }
            ended = true;
        } else {
            byte[] bytes = automaton.vocabulary().bytesOf(token);
            State next = ended || bytes == null ? null : automaton.advance(state, bytes);
            if (next == null || next.dead()) {
                throw notAllowed(token);
            }
            state = next;
        }
        allowed = null;
    }

    private static LocretException notAllowed(int token) {
        return new LocretException(ErrorId.INVALID_ARGUMENT, "grammar: token is not allowed here: token=" + token);
    }

    @Override
    public boolean complete() {
        return state.complete();
    }

    @Override
    public boolean finished() {
        return ended || complete() && state.places.frames.length == 1;
    }
}
