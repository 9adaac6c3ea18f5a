package dev.locret.text;

import java.util.function.IntPredicate;

/**
 * Turns token ids into text as they come. A piece is given out as soon as its code points are whole: a character whose
 * bytes are spread over several tokens appears with the last of them, never as a replacement character in between.
 * Bytes that are no UTF-8 become one U+FFFD for each sequence that breaks off. The pieces joined are what {@link
 * Tokenizer#decode} gives for all ids.
 *
 * <p>For one text and one thread.
 */
public final class IncrementalDecoder {
    private static final char REPLACEMENT = '\uFFFD';

    private final Tokenizer tokenizer;
    private final IntPredicate hidden;
    private final StringBuilder out = new StringBuilder();
    private boolean stripSpace;

    /** Code point so far, continuation bytes still missing, and the range that the next one must lie in. */
    private int codePoint;

    private int missing;
    private int low = 0x80;
    private int high = 0xBF;

    /**
     * A decoder at the start of a text.
     *
     * @param skipSpecial whether control tokens leave no trace
     */
    public IncrementalDecoder(Tokenizer tokenizer, boolean skipSpecial) {
        this(tokenizer, id -> skipSpecial && tokenizer.isSpecial(id));
    }

    /**
     * A decoder at the start of a text.
     *
     * @param hidden which tokens leave no trace
     */
    public IncrementalDecoder(Tokenizer tokenizer, IntPredicate hidden) {
        this.tokenizer = tokenizer;
        this.hidden = hidden;
        this.stripSpace = tokenizer.startsWithSpace();
    }

    /**
     * Takes the next token and returns the text that became whole, possibly none.
     *
     * @throws dev.locret.common.LocretException ({@code invalid-prompt}) if the id is outside the vocabulary
     */
    public String append(int id) {
        byte[] bytes = tokenizer.bytesOf(id);
        if (hidden.test(id)) {
            return "";
        }
        for (byte b : bytes) {
            accept(b & 0xFF);
        }
        return take();
    }

    /** Ends the text: what was left incomplete becomes U+FFFD. The decoder must not be used afterwards. */
    public String finish() {
        if (missing > 0) {
            emit(REPLACEMENT);
            missing = 0;
        }
        return take();
    }

    private String take() {
        String text = out.toString();
        out.setLength(0);
        return text;
    }

    private void accept(int b) {
        if (missing > 0) {
            if (b >= low && b <= high) {
                codePoint = codePoint << 6 | b & 0x3F;
                low = 0x80;
                high = 0xBF;
                if (--missing == 0) {
                    emit(codePoint);
                }
                return;
            }
            missing = 0;
            emit(REPLACEMENT);
        }
        start(b);
    }

    /** Table 3-7 of the Unicode standard: the second byte's range depends on the first. */
    private void start(int b) {
        low = b == 0xE0 ? 0xA0 : b == 0xF0 ? 0x90 : 0x80;
        high = b == 0xED ? 0x9F : b == 0xF4 ? 0x8F : 0xBF;
        if (b < 0x80) {
            emit(b);
        } else if (b >= 0xC2 && b <= 0xDF) {
            missing = 1;
            codePoint = b & 0x1F;
        } else if (b >= 0xE0 && b <= 0xEF) {
            missing = 2;
            codePoint = b & 0x0F;
        } else if (b >= 0xF0 && b <= 0xF4) {
            missing = 3;
            codePoint = b & 0x07;
        } else {
            emit(REPLACEMENT);
        }
    }

    private void emit(int c) {
        boolean strip = stripSpace && c == ' ';
        stripSpace = false;
        if (!strip) {
            out.appendCodePoint(c);
        }
    }
}
