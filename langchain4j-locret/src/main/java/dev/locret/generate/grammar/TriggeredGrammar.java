package dev.locret.generate.grammar;

import dev.locret.common.ErrorId;
import dev.locret.common.LocretException;
import dev.locret.generate.TokenConstraint;
import dev.locret.text.Tokenizer;
import java.lang.ref.SoftReference;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.WeakHashMap;

/**
 * Leaves an answer free until it says a trigger; what follows, white space apart, must be a sentence of the trigger's
 * grammar, and then the answer is free again or at its end. A trigger may be the name of a control token, and what
 * follows may begin within the token that ends the trigger.
 */
public final class TriggeredGrammar implements Language {
    /**
     * @param text what sets it off
     * @param then grammar of what follows
     * @param first whether it does so only in front of everything else
     * @param ends whether the answer ends with it
     */
    public record Trigger(String text, Grammar then, boolean first, boolean ends) {}

    private final Tokenizer tokenizer;
    private final List<Trigger> triggers;
    private final int longest;
    private final Map<TokenVocabulary, SoftReference<TriggerBorders>> borders = new WeakHashMap<>();

    /**
     * @param triggers none of them the end of another, none with white space behind it
     */
    public TriggeredGrammar(Tokenizer tokenizer, List<Trigger> triggers) {
        this.tokenizer = tokenizer;
        this.triggers = triggers.stream()
                .map(t -> new Trigger(latin1(t.text().getBytes(StandardCharsets.UTF_8)), t.then(), t.first(), t.ends()))
                .toList();
        this.longest =
                this.triggers.stream().mapToInt(t -> t.text().length()).max().orElse(0);
    }

    /** Bytes as characters, since a token may end within a character. */
    static String latin1(byte[] bytes) {
        return new String(bytes, StandardCharsets.ISO_8859_1);
    }

    @Override
    public TokenConstraint start(TokenVocabulary vocabulary) {
        // What is wrong with a grammar is told at once.
        triggers.forEach(trigger -> trigger.then().start(vocabulary));
        return new Constraint(vocabulary, borders(vocabulary));
    }

    private synchronized TriggerBorders borders(TokenVocabulary vocabulary) {
        SoftReference<TriggerBorders> known = borders.get(vocabulary);
        TriggerBorders found = known == null ? null : known.get();
        if (found == null) {
            found = new TriggerBorders(tokenizer, vocabulary, triggers);
            borders.put(vocabulary, new SoftReference<>(found));
        }
        return found;
    }

    private final class Constraint implements TokenConstraint {
        private final TokenVocabulary vocabulary;
        private final TriggerBorders borders;
        /** The last of what was said, white space in front of everything left out. */
        private final StringBuilder tail = new StringBuilder();
        /** Whether something was said before the tail. */
        private boolean begun;

        private TokenConstraint held;
        private boolean ends;

        Constraint(TokenVocabulary vocabulary, TriggerBorders borders) {
            this.vocabulary = vocabulary;
            this.borders = borders;
        }

        @Override
        public long[] allowed() {
            return held == null ? borders.allowed(tail, begun) : held.allowed();
        }

        @Override
        public void accept(int token) {
            if (held == null) {
                listen(token);
                return;
            }
            held.accept(token);
            release();
        }

        private void release() {
            if (held.complete() && !ends) {
                held = null;
            }
        }

        private void listen(int token) {
            if (token >= tokenizer.vocabularySize()) {
                return;
            }
            tail.append(latin1(tokenizer.bytesOf(token)));
            if (!begun) {
                tail.delete(0, TriggerBorders.leadingSpace(tail));
            }
            for (Trigger trigger : triggers) {
                int at = tail.indexOf(trigger.text());
                if (at == 0 && !begun || at >= 0 && !trigger.first()) {
                    String rest = tail.substring(at + trigger.text().length());
                    held = trigger.then().startWith(vocabulary, rest);
                    if (held == null) {
                        throw new LocretException(
                                ErrorId.INVALID_ARGUMENT, "grammar: token is not allowed here: token=" + token);
                    }
                    ends = trigger.ends();
                    begun = true;
                    tail.setLength(0);
                    release();
                    return;
                }
            }
            int excess = Math.max(0, tail.length() - longest);
            begun |= excess > 0;
            tail.delete(0, excess);
        }

        @Override
        public boolean complete() {
            return held == null || held.complete();
        }

        @Override
        public boolean finished() {
            return held != null && ends && held.finished();
        }
    }
}
