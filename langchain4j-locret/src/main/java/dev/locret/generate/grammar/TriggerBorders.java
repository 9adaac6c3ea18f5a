package dev.locret.generate.grammar;

import dev.locret.generate.grammar.TriggeredGrammar.Trigger;
import dev.locret.text.Tokenizer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * The tokens of a vocabulary in which a trigger ends and something else begins: they are left out where that is not how
 * the trigger's grammar begins. Immutable and safe for several threads.
 */
final class TriggerBorders {
    /**
     * @param said how much of the trigger must stand in front of the token
     */
    private record Wrong(int token, Trigger trigger, int said) {}

    private final List<Wrong> wrong = new ArrayList<>();
    private final int words;

    /**
     * @param triggers with bytes as characters
     */
    TriggerBorders(Tokenizer tokenizer, TokenVocabulary vocabulary, List<Trigger> triggers) {
        words = vocabulary.words();
        int size = Math.min(vocabulary.size(), tokenizer.vocabularySize());
        for (int token = 0; token < size; token++) {
            if (!tokenizer.isSpecial(token)) {
                String text = TriggeredGrammar.latin1(tokenizer.bytesOf(token));
                for (Trigger trigger : triggers) {
                    find(token, text, trigger, vocabulary);
                }
            }
        }
    }

    private void find(int token, String text, Trigger trigger, TokenVocabulary vocabulary) {
        int whole = text.indexOf(trigger.text());
        if (whole >= 0 && begins(text.substring(whole + trigger.text().length()), trigger, vocabulary)) {
            whole = -1;
        }
        if (whole >= 0) {
            wrong.add(new Wrong(token, trigger, 0));
        }
        for (int said = 1; said < trigger.text().length(); said++) {
            int missing = trigger.text().length() - said;
            if (text.length() > missing
                    && text.regionMatches(0, trigger.text(), said, missing)
                    && !begins(text.substring(missing), trigger, vocabulary)) {
                wrong.add(new Wrong(token, trigger, said));
            }
        }
    }

    private static boolean begins(String rest, Trigger trigger, TokenVocabulary vocabulary) {
        return trigger.then().startWith(vocabulary, rest) != null;
    }

    /**
     * The tokens that may follow a text without a trigger in it, null for all.
     *
     * @param tail its end, at least as long as the longest trigger
     * @param begun whether there was something in front of it
     */
    long[] allowed(CharSequence tail, boolean begun) {
        long[] mask = null;
        for (Wrong border : wrong) {
            if (applies(border, tail, begun)) {
                if (mask == null) {
                    mask = new long[words];
                    Arrays.fill(mask, -1L);
                }
                mask[border.token() >> 6] &= ~(1L << border.token());
            }
        }
        return mask;
    }

    private static boolean applies(Wrong border, CharSequence tail, boolean begun) {
        int from = tail.length() - border.said();
        if (from < 0 || border.trigger().first() && (begun || from > 0)) {
            return false;
        }
        for (int i = 0; i < border.said(); i++) {
            if (tail.charAt(from + i) != border.trigger().text().charAt(i)) {
                return false;
            }
        }
        return true;
    }

    /** Number of white space characters in front. */
    static int leadingSpace(CharSequence text) {
        int end = 0;
        while (end < text.length() && Character.isWhitespace(text.charAt(end))) {
            end++;
        }
        return end;
    }
}
