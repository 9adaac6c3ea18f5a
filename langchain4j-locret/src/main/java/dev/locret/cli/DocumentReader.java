package dev.locret.cli;

import dev.locret.common.ErrorId;
import dev.locret.common.LocretException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Locale;

/**
 * The text of a document: plain text and Markdown as they are, HTML and PDF without their markup. What a file is, its
 * first bytes tell; only HTML goes by its name too.
 */
final class DocumentReader {
    private static final byte[] PDF = "%PDF-".getBytes(StandardCharsets.US_ASCII);

    private static final long MAX_BYTES = 1 << 30;

    private DocumentReader() {}

    /**
     * @throws LocretException {@code file-not-readable}; {@code invalid-prompt} for an empty or binary file, one whose
     *     text is not UTF-8 (or UTF-16 with a byte order mark), or a damaged PDF
     */
    static String read(Path file) {
        byte[] bytes = bytes(file);
        String text = startsWith(bytes, PDF)
                ? MarkupText.pdf(bytes, file)
                : isHtml(bytes, file) ? MarkupText.html(bytes, file) : decode(bytes, file);
        if (text.isBlank()) {
            throw invalid("holds no text: bytes=" + bytes.length, file, null);
        }
        return text;
    }

    static LocretException invalid(String what, Path file, Exception cause) {
        return new LocretException(ErrorId.INVALID_PROMPT, "document: " + what + ": " + file, cause);
    }

    private static byte[] bytes(Path file) {
        if (!Files.isRegularFile(file)) {
            String what = Files.exists(file) ? "not a file" : "no such file";
            throw new LocretException(ErrorId.FILE_NOT_READABLE, "document: " + what + ": " + file);
        }
        try {
            long size = Files.size(file);
            if (size > MAX_BYTES) {
                throw invalid("too large: bytes=" + size + ", allowed=" + MAX_BYTES, file, null);
            }
            return Files.readAllBytes(file);
        } catch (IOException e) {
            throw new LocretException(ErrorId.FILE_NOT_READABLE, "document: cannot be read (" + e + "): " + file, e);
        }
    }

    private static String decode(byte[] bytes, Path file) {
        if (startsWith(bytes, new byte[] {(byte) 0xEF, (byte) 0xBB, (byte) 0xBF})) {
            return decode(bytes, 3, StandardCharsets.UTF_8, file);
        }
        if (startsWith(bytes, new byte[] {(byte) 0xFF, (byte) 0xFE})) {
            return decode(bytes, 2, StandardCharsets.UTF_16LE, file);
        }
        if (startsWith(bytes, new byte[] {(byte) 0xFE, (byte) 0xFF})) {
            return decode(bytes, 2, StandardCharsets.UTF_16BE, file);
        }
        for (int i = 0; i < bytes.length; i++) {
            if (bytes[i] == 0) {
                throw invalid(
                        "binary, neither text, HTML nor PDF: byte " + i + " of " + bytes.length + " is 0", file, null);
            }
        }
        return decode(bytes, 0, StandardCharsets.UTF_8, file);
    }

    private static String decode(byte[] bytes, int begin, Charset charset, Path file) {
        ByteBuffer rest = ByteBuffer.wrap(bytes, begin, bytes.length - begin);
        try {
            // A new decoder reports what is malformed instead of replacing it.
            return charset.newDecoder().decode(rest).toString();
        } catch (CharacterCodingException e) {
            throw invalid(
                    "not " + charset + ": byte " + rest.position() + " of " + bytes.length
                            + " (convert the file, for example with iconv)",
                    file,
                    e);
        }
    }

    /** Whether a file is sound UTF-8. */
    static boolean isUtf8(byte[] bytes) {
        try {
            StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes));
            return true;
        } catch (CharacterCodingException e) {
            return false;
        }
    }

    private static boolean isHtml(byte[] bytes, Path file) {
        String name = file.getFileName().toString().toLowerCase(Locale.ROOT);
        String start = new String(bytes, 0, Math.min(200, bytes.length), StandardCharsets.UTF_8)
                .replace("\uFEFF", "")
                .stripLeading()
                .toLowerCase(Locale.ROOT);
        return name.endsWith(".html")
                || name.endsWith(".htm")
                || name.endsWith(".xhtml")
                || start.startsWith("<!doctype html")
                || start.startsWith("<html");
    }

    private static boolean startsWith(byte[] bytes, byte[] prefix) {
        return bytes.length >= prefix.length && Arrays.equals(bytes, 0, prefix.length, prefix, 0, prefix.length);
    }
}
