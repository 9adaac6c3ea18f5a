package dev.locret.generate.grammar;

import java.util.ArrayList;
import java.util.List;

/**
 * Computes which tokens may follow a state, by walking the trie of tokens along the automaton. In a free JSON string the
 * plain tokens are known beforehand, and only the others are walked.
 */
final class MaskBuilder {
    private final Automaton automaton;
    private final Program program;
    private final TokenVocabulary vocabulary;

    MaskBuilder(Automaton automaton, Program program, TokenVocabulary vocabulary) {
        this.automaton = automaton;
        this.program = program;
        this.vocabulary = vocabulary;
    }

    long[] build(State state) {
        long[] mask = new long[vocabulary.words()];
        int characters = 0;
        List<Frame> others = new ArrayList<>();
        for (Frame place : state.places.frames) {
            int room = freeCharacters(place);
            characters = Math.max(characters, room);
            if (room == 0 && beginsPlain(place)) {
                others.add(place);
            }
        }
        if (characters == 0) {
            walk(state, vocabulary.all(), mask);
            return mask;
        }
        vocabulary.plain().addTo(mask, characters);
        walk(state, vocabulary.others(), mask);
        if (!others.isEmpty()) {
            walk(automaton.only(others.toArray(Frame[]::new)), vocabulary.all(), mask);
        }
        return mask;
    }

    /** How many characters a free string may still have at a place, 0 if it is not one. */
    private int freeCharacters(Frame place) {
        if (place.node == Program.END || program.terminals[place.node] != JsonText.CHARACTER || place.index != 0) {
            return 0;
        }
        int most = 0;
        for (Frame after : place.next.frames) {
            boolean repeats =
                    program.kinds[after.node] == Program.REPEAT && program.children[after.node][0] == place.node;
            if (!repeats) {
                return 0;
            }
            int max = program.max[after.node];
            most = Math.max(most, max == Node.UNBOUNDED ? max : max - after.index + 1);
        }
        return most;
    }

    /** Whether a plain token can begin at a place. */
    private boolean beginsPlain(Frame place) {
        if (place.node == Program.END) {
            return false;
        }
        for (int value : program.representatives) {
            if (program.terminals[place.node].step(place.index, value) >= 0 && JsonText.mayBePlain(value)) {
                return true;
            }
        }
        return false;
    }

    private void walk(State root, TokenTrie trie, long[] mask) {
        State[] path = new State[trie.maxDepth + 1];
        path[0] = root;
        int size = trie.size();
        for (int node = 0; node < size; ) {
            int depth = trie.depths[node];
            State next = automaton.step(path[depth - 1], trie.labels[node] & 0xff);
            if (next.dead()) {
                node = trie.ends[node];
                continue;
            }
            path[depth] = next;
            for (int i = trie.firsts[node]; i < trie.firsts[node + 1]; i++) {
                int token = trie.tokens[i];
                mask[token >> 6] |= 1L << token;
            }
            node++;
        }
    }
}
