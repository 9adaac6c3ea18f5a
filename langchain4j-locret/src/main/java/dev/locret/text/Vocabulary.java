package dev.locret.text;

import java.nio.charset.StandardCharsets;
import java.util.List;

/**
 * Tokens by id.
 *
 * @param texts as written in the vocabulary; null where an id is not used
 * @param kinds parallel to {@code texts}
 * @param byteLevel whether texts are written in {@link ByteLevel}'s characters; else a space is written as U+2581
 */
record Vocabulary(List<String> texts, List<TokenKind> kinds, boolean byteLevel) {
    /** U+2581, SentencePiece's space. */
    static final char SPACE = '\u2581';

    int size() {
        return texts.size();
    }

    /** The bytes token {@code id} adds to a text; nothing for an unused id. */
    byte[] bytes(int id) {
        String text = texts.get(id);
        TokenKind kind = kinds.get(id);
        if (text == null) {
            return new byte[0];
        }
        if (kind == TokenKind.BYTE) {
            int value = byteValue(text);
            if (value >= 0) {
                return new byte[] {(byte) value};
            }
        }
        if (kind == TokenKind.CONTROL || kind == TokenKind.UNKNOWN || kind == TokenKind.USER_DEFINED) {
            String plain = byteLevel || kind != TokenKind.USER_DEFINED ? text : text.replace(SPACE, ' ');
            return plain.getBytes(StandardCharsets.UTF_8);
        }
        return byteLevel ? ByteLevel.bytes(text) : text.replace(SPACE, ' ').getBytes(StandardCharsets.UTF_8);
    }

    /** The byte that {@code <0x41>} names, or -1 if the text is not of that form. */
    static int byteValue(String text) {
        if (text.length() != 6 || !text.startsWith("<0x") || text.charAt(5) != '>') {
            return -1;
        }
        int high = Character.digit(text.charAt(3), 16);
        int low = Character.digit(text.charAt(4), 16);
        return high < 0 || low < 0 ? -1 : high * 16 + low;
    }
}
