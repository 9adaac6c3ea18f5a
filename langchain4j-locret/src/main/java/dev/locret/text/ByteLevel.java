package dev.locret.text;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * GPT-2's bijection between bytes and printable characters, in which byte-level vocabularies are written: printable
 * Latin-1 stands for itself, the other bytes for U+0100 and on, in order.
 */
final class ByteLevel {
    private static final char[] CHARACTERS = new char[256];
    private static final short[] BYTES = new short[512];

    static {
        Arrays.fill(BYTES, (short) -1);
        char next = 256;
        for (int b = 0; b < 256; b++) {
            boolean printable = b >= '!' && b <= '~' || b >= 0xA1 && b <= 0xAC || b >= 0xAE;
            CHARACTERS[b] = printable ? (char) b : next++;
            BYTES[CHARACTERS[b]] = (short) b;
        }
    }

    private ByteLevel() {}

    /** The character that stands for a byte. */
    static char character(int unsignedByte) {
        return CHARACTERS[unsignedByte];
    }

    /** The bytes a token stands for; characters outside the bijection stand for themselves. */
    static byte[] bytes(String token) {
        byte[] bytes = new byte[token.length() * 3];
        int count = 0;
        for (int i = 0; i < token.length(); ) {
            int c = token.codePointAt(i);
            i += Character.charCount(c);
            if (c < BYTES.length && BYTES[c] >= 0) {
                bytes[count++] = (byte) BYTES[c];
            } else {
                byte[] own = Character.toString(c).getBytes(StandardCharsets.UTF_8);
                System.arraycopy(own, 0, bytes, count, own.length);
                count += own.length;
            }
        }
        return Arrays.copyOf(bytes, count);
    }
}
