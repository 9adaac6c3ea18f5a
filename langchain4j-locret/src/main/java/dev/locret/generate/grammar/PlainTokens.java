package dev.locret.generate.grammar;

import java.util.Arrays;

/**
 * The tokens that consist of whole characters which a JSON string holds as they are: inside a string, nearly all of the
 * vocabulary. Their masks are made once, by the number of characters that still fit.
 */
final class PlainTokens {
    private final int[] tokens;
    private final int[] characters;
    private final int[] others;
    private final int longest;
    private final int words;
    private final long[][] masks;

    /**
     * @param candidates token ids
     * @param words words of a mask
     */
    PlainTokens(int[] candidates, byte[][] bytes, int words) {
        this.words = words;
        int[] plain = new int[candidates.length];
        int[] rest = new int[candidates.length];
        int plainCount = 0;
        int restCount = 0;
        int[] lengths = new int[candidates.length];
        int most = 0;
        for (int token : candidates) {
            int length = JsonText.plainCharacters(bytes[token]);
            if (length > 0) {
                most = Math.max(most, length);
                lengths[plainCount] = length;
                plain[plainCount++] = token;
            } else {
                rest[restCount++] = token;
            }
        }
        tokens = Arrays.copyOf(plain, plainCount);
        characters = Arrays.copyOf(lengths, plainCount);
        others = Arrays.copyOf(rest, restCount);
        longest = most;
        masks = new long[longest + 1][];
    }

    /** All candidates that are not plain. */
    int[] others() {
        return others;
    }

    /** Adds the tokens of at most so many characters to a mask. */
    void addTo(long[] mask, int maxCharacters) {
        long[] plain = mask(Math.min(maxCharacters, longest));
        for (int i = 0; i < words; i++) {
            mask[i] |= plain[i];
        }
    }

    private synchronized long[] mask(int maxCharacters) {
        if (masks[maxCharacters] == null) {
            long[] mask = new long[words];
            for (int i = 0; i < tokens.length; i++) {
                if (characters[i] <= maxCharacters) {
                    mask[tokens[i] >> 6] |= 1L << tokens[i];
                }
            }
            masks[maxCharacters] = mask;
        }
        return masks[maxCharacters];
    }
}
