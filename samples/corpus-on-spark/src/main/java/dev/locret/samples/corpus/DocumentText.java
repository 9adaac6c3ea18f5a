package dev.locret.samples.corpus;

import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;

/** Bytes of a document, as text if they are. */
final class DocumentText {
    private static final char BYTE_ORDER_MARK = '\uFEFF';

    private DocumentText() {}

    /** @param maxBytes more are not read, whatever the file system said of the file's length */
    static byte[] read(InputStream in, int maxBytes) throws IOException, UnreadableException {
        byte[] bytes = in.readNBytes(maxBytes);
        if (bytes.length == maxBytes && in.read() >= 0) {
            throw tooLong(maxBytes);
        }
        return bytes;
    }

    static UnreadableException tooLong(int maxBytes) {
        return new UnreadableException("longer than " + maxBytes + " bytes");
    }

    static String text(byte[] bytes) throws UnreadableException {
        String text;
        try {
            text = StandardCharsets.UTF_8
                    .newDecoder()
                    .decode(ByteBuffer.wrap(bytes))
                    .toString();
        } catch (CharacterCodingException e) {
            throw new UnreadableException("not UTF-8 text");
        }
        if (text.indexOf('\0') >= 0) {
            throw new UnreadableException("binary: it has a byte of 0");
        }
        if (!text.isEmpty() && text.charAt(0) == BYTE_ORDER_MARK) {
            text = text.substring(1);
        }
        if (text.isBlank()) {
            throw new UnreadableException(bytes.length == 0 ? "empty" : "blank");
        }
        return text;
    }

    static String sha256(byte[] bytes) {
        try {
            return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(bytes));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }
}
