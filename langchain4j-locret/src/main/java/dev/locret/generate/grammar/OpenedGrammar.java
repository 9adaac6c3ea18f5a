package dev.locret.generate.grammar;

import dev.locret.generate.TokenConstraint;
import java.util.Arrays;
import java.util.Map;

/** A language whose sentences may begin with a control token instead, which no grammar of text can say. */
public final class OpenedGrammar implements Language {
    private final Language plain;
    private final Map<Integer, Language> opened;

    /**
     * @param plain what is said without such a token
     * @param opened what may follow each token
     */
    public OpenedGrammar(Language plain, Map<Integer, Language> opened) {
        this.plain = plain;
        this.opened = Map.copyOf(opened);
    }

    @Override
    public TokenConstraint start(TokenVocabulary vocabulary) {
        opened.values().forEach(language -> language.start(vocabulary));
        return new Constraint(vocabulary, plain.start(vocabulary));
    }

    private final class Constraint implements TokenConstraint {
        private final TokenVocabulary vocabulary;
        private TokenConstraint chosen;
        private boolean atStart = true;

        Constraint(TokenVocabulary vocabulary, TokenConstraint chosen) {
            this.vocabulary = vocabulary;
            this.chosen = chosen;
        }

        @Override
        public long[] allowed() {
            long[] mask = chosen.allowed();
            if (!atStart || mask == null) {
                return mask;
            }
            int words = vocabulary.size() + 63 >> 6;
            long[] wider = Arrays.copyOf(mask, Math.max(mask.length, words));
            opened.keySet().forEach(token -> wider[token >> 6] |= 1L << token);
            return wider;
        }

        @Override
        public void accept(int token) {
            Language behind = atStart ? opened.get(token) : null;
            atStart = false;
            if (behind == null) {
                chosen.accept(token);
            } else {
                chosen = behind.start(vocabulary);
            }
        }

        @Override
        public boolean complete() {
            return chosen.complete();
        }

        @Override
        public boolean finished() {
            return chosen.finished();
        }
    }
}
