package dev.locret.eval;

import dev.locret.text.IncrementalDecoder;
import dev.locret.text.Tokenizer;
import java.util.ArrayList;
import java.util.List;

/** Cuts tokens into passages that end where a sentence or a line does, and counts what was kept of each. */
public final class Passages {
    private static final int MAX_TOKENS = 60;

    /**
     * Tokens in a row.
     *
     * @param text what they say, special tokens included
     * @param begin the first
     * @param end the one after the last
     */
    public record Passage(String text, int begin, int end) {}

    private Passages() {}

    /** The passages of {@code tokens}, which join without a gap. */
    public static List<Passage> of(Tokenizer tokenizer, int[] tokens) {
        List<Passage> passages = new ArrayList<>();
        IncrementalDecoder decoder = new IncrementalDecoder(tokenizer, false);
        StringBuilder text = new StringBuilder();
        int begin = 0;
        for (int i = 0; i < tokens.length; i++) {
            text.append(decoder.append(tokens[i]));
            boolean last = i == tokens.length - 1;
            if (last) {
                text.append(decoder.finish());
            }
            if (last || ends(text) || i - begin == MAX_TOKENS) {
                passages.add(new Passage(text.toString(), begin, i + 1));
                text.setLength(0);
                begin = i + 1;
            }
        }
        return passages;
    }

    /**
     * How many of {@code positions} lie in each passage.
     *
     * @param positions places of tokens, ascending
     */
    public static int[] count(List<Passage> passages, int[] positions) {
        int[] count = new int[passages.size()];
        int at = 0;
        for (int position : positions) {
            while (position >= passages.get(at).end()) {
                at++;
            }
            count[at]++;
        }
        return count;
    }

    private static boolean ends(CharSequence text) {
        return !text.isEmpty() && ".!?\n".indexOf(text.charAt(text.length() - 1)) >= 0;
    }
}
