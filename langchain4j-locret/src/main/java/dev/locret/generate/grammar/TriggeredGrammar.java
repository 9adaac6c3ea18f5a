package dev.locret.generate.grammar;

import dev.locret.generate.TokenConstraint;
import dev.locret.text.Tokenizer;
import java.nio.charset.StandardCharsets;
import java.util.List;

/**
 * Leaves an answer free until it says a trigger; what follows, white space apart, must be a sentence of the trigger's
 * language, and then the answer is free again or at its end. A trigger may be the name of a control token.
 */
public final class TriggeredGrammar implements Language {
    /**
     * @param text what sets it off
     * @param then language of what follows
     * @param ends whether the answer ends with it
     */
    public record Trigger(String text, Language then, boolean ends) {}

    private final Tokenizer tokenizer;
    private final List<Trigger> triggers;
    private final int longest;

    /**
     * @param triggers none of them the end of another, none with white space behind it
     */
    public TriggeredGrammar(Tokenizer tokenizer, List<Trigger> triggers) {
        this.tokenizer = tokenizer;
        this.triggers = triggers.stream()
                .map(t -> new Trigger(latin1(t.text().getBytes(StandardCharsets.UTF_8)), t.then(), t.ends()))
                .toList();
        this.longest =
                this.triggers.stream().mapToInt(t -> t.text().length()).max().orElse(0);
    }

    /** Bytes as characters, since a token may end within a character. */
    private static String latin1(byte[] bytes) {
        return new String(bytes, StandardCharsets.ISO_8859_1);
    }

    @Override
    public TokenConstraint start(TokenVocabulary vocabulary) {
        // What is wrong with a language is told at once.
        triggers.forEach(trigger -> trigger.then().start(vocabulary));
        return new Constraint(vocabulary);
    }

    private final class Constraint implements TokenConstraint {
        private final TokenVocabulary vocabulary;
        private final StringBuilder tail = new StringBuilder();
        private TokenConstraint held;
        private boolean ends;

        Constraint(TokenVocabulary vocabulary) {
            this.vocabulary = vocabulary;
        }

        @Override
        public long[] allowed() {
            return held == null ? null : held.allowed();
        }

        @Override
        public void accept(int token) {
            if (held == null) {
                listen(token);
                return;
            }
            held.accept(token);
            if (held.complete() && !ends) {
                held = null;
            }
        }

        private void listen(int token) {
            if (token >= tokenizer.vocabularySize()) {
                return;
            }
            tail.append(latin1(tokenizer.bytesOf(token)));
            String text = tail.toString().stripTrailing();
            for (Trigger trigger : triggers) {
                if (text.endsWith(trigger.text())) {
                    held = trigger.then().start(vocabulary);
                    ends = trigger.ends();
                    tail.setLength(0);
                    return;
                }
            }
            tail.delete(0, Math.max(0, tail.length() - longest));
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
